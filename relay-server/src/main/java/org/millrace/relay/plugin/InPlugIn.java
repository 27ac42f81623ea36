package org.millrace.relay.plugin;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.millrace.api.ChannelSelector;
import org.millrace.api.Component;
import org.millrace.api.ConfigFilter;
import org.millrace.api.Interceptor;
import org.millrace.api.StartException;

/**
 * Stands before a factory or a component of a plug-in: each call runs with the plug-in's class loader as the thread's, as libraries
 * expect which look for classes by name; and a class that is missing becomes a failure of this component, not of the thread. Costs a reflective
 * call for each call: one a batch, or an event where a contract is called for each. As thread-safe as what it stands before.
 */
final class InPlugIn implements InvocationHandler {
    private static final String CONTRACTS = "org.millrace.api";
    /** What these make is called by the agent, too. */
    private static final String PART_CONTRACTS = "org.millrace.api.part";

    private final Object target;
    private final String plugIn;
    private final ClassLoader loader;

    private InPlugIn(Object target, String plugIn, ClassLoader loader) {
        this.target = target;
        this.plugIn = plugIn;
        this.loader = loader;
    }

    /** The same, with all contracts that it fulfils. */
    static <T> T around(Class<T> contract, T target, String plugIn, ClassLoader loader) {
        return contract.cast(proxy(target, plugIn, loader));
    }

    private static Object proxy(Object target, String plugIn, ClassLoader loader) {
        Set<Class<?>> contracts = new LinkedHashSet<>();
        for (Class<?> type = target.getClass(); type != null; type = type.getSuperclass()) {
            collect(type.getInterfaces(), contracts);
        }
        return Proxy.newProxyInstance(
                InPlugIn.class.getClassLoader(),
                contracts.toArray(new Class<?>[0]),
                new InPlugIn(target, plugIn, loader));
    }

    private static void collect(Class<?>[] interfaces, Set<Class<?>> contracts) {
        for (Class<?> type : interfaces) {
            if (type.getPackageName().equals(CONTRACTS) || type.getPackageName().equals(PART_CONTRACTS)) {
                contracts.add(type);
            }
            collect(type.getInterfaces(), contracts);
        }
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments) throws Throwable {
        if (method.getDeclaringClass() == Object.class && !method.getName().equals("toString")) {
            return method.getName().equals("equals")
                    ? proxy == (arguments == null ? null : arguments[0])
                    : (Object) System.identityHashCode(proxy);
        }
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(loader);
        try {
            Object result = method.invoke(target, arguments);
            return method.getName().equals("create") || isPart(method.getReturnType()) ? made(result) : result;
        } catch (InvocationTargetException e) {
            throw e.getCause() instanceof LinkageError linkage ? failure(method, linkage) : e.getCause();
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private Object made(@Nullable Object result) {
        if (result == null) {
            throw new PlugInException(plugIn + ": " + target.getClass().getName() + " made nothing");
        }
        if (result instanceof List<?> list) {
            List<Object> all = new ArrayList<>();
            list.forEach(each -> all.add(made(each)));
            return all;
        }
        boolean isComponent = result instanceof Component
                || result instanceof Interceptor
                || result instanceof ChannelSelector
                || result instanceof ConfigFilter
                || hasPartContract(result.getClass());
        return isComponent ? proxy(result, plugIn, loader) : result;
    }

    private static boolean isPart(Class<?> type) {
        return type.isInterface() && type.getPackageName().equals(PART_CONTRACTS);
    }

    private static boolean hasPartContract(@Nullable Class<?> type) {
        return type != null
                && (Arrays.stream(type.getInterfaces()).anyMatch(InPlugIn::isPart)
                        || hasPartContract(type.getSuperclass()));
    }

    private Exception failure(Method method, LinkageError error) {
        String message = plugIn + ": " + target.getClass().getName() + " "
                + LinkageText.of(error, method.getDeclaringClass().getCanonicalName());
        return method.getName().equals("start")
                ? new StartException(message, error)
                : new PlugInException(message, error);
    }
}
