package org.millrace.relay.config;

import java.util.Arrays;
import org.millrace.api.ComponentFactory;
import org.millrace.relay.config.FlumeTypes.TypeKind;

/** The kinds of parts that components have. */
enum PartKind {
    HANDLER(TypeKind.HANDLER, ComponentFactory.OfHttpHandler.class, "`handler` of source `http`"),
    DESERIALIZER(
            TypeKind.DESERIALIZER, ComponentFactory.OfFileDeserializer.class, "`deserializer` of source `spooldir`"),
    SERIALIZER(
            TypeKind.SERIALIZER,
            ComponentFactory.OfSerializer.class,
            "`serializer` of sink `hdfs`, `sink.serializer` of sink `file_roll`"),
    GROUP_SERIALIZER(
            TypeKind.GROUP_SERIALIZER,
            ComponentFactory.OfGroupSerializer.class,
            "`serializers.<NAME>.type` of interceptor `regex_extractor`"),
    CONVERTER(TypeKind.CONVERTER, ComponentFactory.OfMessageConverter.class, "`converter.type` of source `jms`"),
    PATH_MANAGER(TypeKind.PATH_MANAGER, ComponentFactory.OfFileNaming.class, "`sink.pathManager` of sink `file_roll`");

    private final TypeKind type;
    private final Class<? extends ComponentFactory> contract;
    private final String namedBy;

    PartKind(TypeKind type, Class<? extends ComponentFactory> contract, String namedBy) {
        this.type = type;
        this.contract = contract;
        this.namedBy = namedBy;
    }

    /** True of types of parts, as opposed to components. */
    static boolean isOf(TypeKind type) {
        return Arrays.stream(values()).anyMatch(kind -> kind.type == type);
    }

    TypeKind type() {
        return type;
    }

    /** Of its factories. */
    Class<? extends ComponentFactory> contract() {
        return contract;
    }

    /** The keys that name such a part. */
    String namedBy() {
        return namedBy;
    }
}
