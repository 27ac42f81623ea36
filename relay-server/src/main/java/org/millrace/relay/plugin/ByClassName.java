package org.millrace.relay.plugin;

import java.lang.reflect.InvocationTargetException;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.millrace.api.ComponentFactory;

/**
 * What became of looking for a factory by the name of its class.
 *
 * @param factory null if there is none
 * @param whyNot what is wrong with the class; empty if there is no such class, or nothing is wrong
 */
public record ByClassName<F extends ComponentFactory>(
        @Nullable F factory, String whyNot) {
    static <F extends ComponentFactory> ByClassName<F> refused(String whyNot) {
        return new ByClassName<>(null, whyNot);
    }

    ByClassName<F> map(UnaryOperator<F> change) {
        return factory == null ? this : new ByClassName<>(change.apply(factory), "");
    }

    static <F extends ComponentFactory> ByClassName<F> load(
            String className, Class<F> kind, ClassLoader loader, String origin) {
        String contract = kind.getCanonicalName();
        try {
            Class<?> type = Class.forName(className, false, loader);
            if (!kind.isAssignableFrom(type)) {
                return refused(origin + ": the class " + whatItIs(type, contract));
            }
            return new ByClassName<>(kind.cast(type.getConstructor().newInstance()), "");
        } catch (ClassNotFoundException e) {
            return refused("");
        } catch (LinkageError e) {
            return refused(origin + ": the class " + LinkageText.of(e, contract));
        } catch (InvocationTargetException e) {
            return refused(origin + ": the class cannot be made: " + e.getCause());
        } catch (ReflectiveOperationException e) {
            return refused(origin + ": the class cannot be made (expected: a public class, with a public constructor"
                    + " without parameters): " + e);
        }
    }

    private static String whatItIs(Class<?> type, String contract) {
        String of = superTypeIn("org.apache.flume.", type);
        if (of != null) {
            return String.format(LinkageText.FOR_FLUME, contract) + ": it is a " + of;
        }
        of = superTypeIn("org.millrace.api.", type);
        return "is no factory of this kind" + (of == null ? "" : ", but a " + of)
                + " (expected: a class that implements " + contract + ")";
    }

    /** The first class or interface above the type whose name starts so; null if there is none. */
    private static @Nullable String superTypeIn(String prefix, @Nullable Class<?> type) {
        if (type == null) {
            return null;
        }
        if (type.getName().startsWith(prefix)) {
            return type.getCanonicalName();
        }
        for (Class<?> above : type.getInterfaces()) {
            String found = superTypeIn(prefix, above);
            if (found != null) {
                return found;
            }
        }
        return superTypeIn(prefix, type.getSuperclass());
    }
}
