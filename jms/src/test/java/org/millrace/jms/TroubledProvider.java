package org.millrace.jms;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Hashtable;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import javax.jms.Connection;
import javax.jms.ConnectionFactory;
import javax.jms.MessageConsumer;
import javax.jms.Session;
import javax.naming.Context;
import javax.naming.NamingException;
import javax.naming.spi.InitialContextFactory;
import org.apache.activemq.jndi.ActiveMQInitialContextFactory;

/** ActiveMQ's client, one of whose methods throws what the interfaces of JMS do not name, once. */
public final class TroubledProvider implements InitialContextFactory {
    private static final AtomicReference<String> FAILING = new AtomicReference<>("");

    private static volatile Supplier<Throwable> failure = IllegalStateException::new;

    static void failOnceIn(String method, Supplier<Throwable> with) {
        failure = with;
        FAILING.set(method);
    }

    @Override
    public Context getInitialContext(Hashtable<?, ?> environment) throws NamingException {
        return troubled(Context.class, new ActiveMQInitialContextFactory().getInitialContext(environment));
    }

    private static <T> T troubled(Class<T> type, Object real) {
        return type.cast(Proxy.newProxyInstance(
                TroubledProvider.class.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) -> wrapped(call(real, method, arguments))));
    }

    private static Object call(Object real, Method method, Object[] arguments) throws Throwable {
        if (isToFail(method)) {
            throw failure.get();
        }
        try {
            return method.invoke(real, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static boolean isToFail(Method method) {
        String failing = FAILING.get();
        return method.getName().equals(failing) && FAILING.compareAndSet(failing, "");
    }

    private static Object wrapped(Object result) {
        if (result instanceof ConnectionFactory) {
            return troubled(ConnectionFactory.class, result);
        }
        if (result instanceof Connection) {
            return troubled(Connection.class, result);
        }
        if (result instanceof Session) {
            return troubled(Session.class, result);
        }
        return result instanceof MessageConsumer ? troubled(MessageConsumer.class, result) : result;
    }
}
