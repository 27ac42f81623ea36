package org.millrace.relay;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** SIGHUP, which ends a JVM unless somebody takes it. By reflection, as the compiler warns of whoever names the class of the JDK. */
final class HangupSignal {
    private static final Logger log = LoggerFactory.getLogger(HangupSignal.class);

    private HangupSignal() {}

    /** Has the action run whenever the signal comes, on a thread of the JVM's; where there are no signals, never. */
    static void onSignal(Runnable action) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object taken = Proxy.newProxyInstance(
                    handler.getClassLoader(), new Class<?>[] {handler}, (proxy, method, arguments) -> {
                        if (method.getName().equals("handle")) {
                            action.run();
                        }
                        return null;
                    });
            Object before = signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance("HUP"), taken);
            if (handler.getField("SIG_IGN").get(null).equals(before)) {
                log.info(
                        "SIGHUP is ignored, as nohup has it: the configuration is looked at now and then, not on the signal");
            }
        } catch (InvocationTargetException e) {
            log.info("SIGHUP is not ours to take: {}", String.valueOf(e.getCause()));
        } catch (ReflectiveOperationException e) {
            log.info("this Java cannot take SIGHUP: {}", e.toString());
        }
    }
}
