package org.millrace.relay.config;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** All types of component that Flume 1.11 has, to tell "not supported yet" from a slip of the pen. */
final class FlumeTypes {
    private static final String PACKAGE = "org.apache.flume.";
    private static final Map<TypeKind, List<FlumeType>> TYPES = new EnumMap<>(TypeKind.class);

    /** Into stores of other kinds, or out of services: a plug-in may bring one, this project will not. */
    private static final Set<String> NOT_OF_A_RELAY_TIER = Set.of(
            "irc.IRCSink",
            "hive.HiveSink",
            "hbase.HBaseSink",
            "hbase.AsyncHBaseSink",
            "hbase2.HBase2Sink",
            "solr.morphline.MorphlineSolrSink",
            "elasticsearch.ElasticSearchSink",
            "kudu.KuduSink",
            "scribe.ScribeSource",
            "twitter.TwitterSource",
            "avroLegacy.AvroLegacySource",
            "thriftLegacy.ThriftLegacySource",
            "solr.morphline.MorphlineInterceptor$Builder");

    static {
        types(TypeKind.SOURCE, "source.")
                .add(
                        "avro=AvroSource thrift=ThriftSource exec=ExecSource jms=jms.JMSSource spooldir=SpoolDirectorySource")
                .add("taildir=taildir.TaildirSource seq=SequenceGeneratorSource netcat=NetcatSource")
                .add("netcatudp=NetcatUdpSource syslogtcp=SyslogTcpSource multiport_syslogtcp=MultiportSyslogTCPSource")
                .add("syslogudp=SyslogUDPSource http=http.HTTPSource =kafka.KafkaSource =StressSource")
                .add("=scribe.ScribeSource =twitter.TwitterSource =avroLegacy.AvroLegacySource")
                .add("=thriftLegacy.ThriftLegacySource");
        types(TypeKind.SINK, "sink.")
                .add("null=NullSink logger=LoggerSink avro=AvroSink thrift=ThriftSink file_roll=RollingFileSink")
                .add("hdfs=hdfs.HDFSEventSink irc=irc.IRCSink hive=hive.HiveSink http=http.HttpSink")
                .add("hbase=hbase.HBaseSink asynchbase=hbase.AsyncHBaseSink hbase2=hbase2.HBase2Sink")
                .add("morphline_solr=solr.morphline.MorphlineSolrSink elasticsearch=elasticsearch.ElasticSearchSink")
                .add("=kafka.KafkaSink =kudu.KuduSink");
        types(TypeKind.CHANNEL, "channel.")
                .add("memory=MemoryChannel file=file.FileChannel jdbc=jdbc.JdbcChannel")
                .add("spillablememory=SpillableMemoryChannel =kafka.KafkaChannel =PseudoTxnMemoryChannel");
        types(TypeKind.SELECTOR, "channel.")
                .add("replicating=ReplicatingChannelSelector multiplexing=MultiplexingChannelSelector")
                .add("load_balancing=LoadBalancingChannelSelector");
        types(TypeKind.INTERCEPTOR, "interceptor.")
                .add("timestamp=TimestampInterceptor$Builder host=HostInterceptor$Builder")
                .add("static=StaticInterceptor$Builder regex_filter=RegexFilteringInterceptor$Builder")
                .add("regex_extractor=RegexExtractorInterceptor$Builder")
                .add("remove_header=RemoveHeaderInterceptor$Builder")
                .add("search_replace=SearchAndReplaceInterceptor$Builder");
        types(TypeKind.INTERCEPTOR, "sink.solr.morphline.")
                .add("=UUIDInterceptor$Builder =MorphlineInterceptor$Builder");
        types(TypeKind.SINK_PROCESSOR, "sink.")
                .add("default=DefaultSinkProcessor failover=FailoverSinkProcessor")
                .add("load_balance=LoadBalancingSinkProcessor");
        types(TypeKind.CONFIG_FILTER, "configfilter.")
                .add("env=EnvironmentVariableConfigFilter external=ExternalProcessConfigFilter")
                .add("hadoop=HadoopCredentialStoreConfigFilter");
        types(TypeKind.HANDLER, "source.http.").add("=JSONHandler =BLOBHandler");
        types(TypeKind.HANDLER, "sink.solr.morphline.").add("=BlobHandler");
        types(TypeKind.DESERIALIZER, "serialization.")
                .add("line=LineDeserializer$Builder avro=AvroEventDeserializer$Builder");
        types(TypeKind.DESERIALIZER, "sink.solr.morphline.").add("=BlobDeserializer$Builder");
        types(TypeKind.SERIALIZER, "serialization.")
                .add("text=BodyTextEventSerializer$Builder header_and_text=HeaderAndBodyTextEventSerializer$Builder")
                .add("avro_event=FlumeEventAvroEventSerializer$Builder");
        types(TypeKind.SERIALIZER, "sink.hdfs.").add("=AvroEventSerializer$Builder");
        types(TypeKind.GROUP_SERIALIZER, "interceptor.")
                .add("default=RegexExtractorInterceptorPassThroughSerializer")
                .add("=RegexExtractorInterceptorMillisSerializer");
        types(TypeKind.CONVERTER, "source.jms.").add("default=DefaultJMSMessageConverter$Builder");
        types(TypeKind.PATH_MANAGER, "formatter.output.")
                .add("default=DefaultPathManager$Builder rolltime=RollTimePathManager$Builder");
    }

    private FlumeTypes() {}

    /** @param alias empty if there is none */
    record FlumeType(String alias, String className) {
        /** What to write in a file. */
        String name() {
            return alias.isEmpty() ? className : alias;
        }

        boolean isPlanned() {
            return NOT_OF_A_RELAY_TIER.stream().noneMatch(className::endsWith);
        }
    }

    /** What has types. */
    enum TypeKind {
        SOURCE,
        CHANNEL,
        SINK,
        SELECTOR,
        INTERCEPTOR,
        SINK_PROCESSOR,
        CONFIG_FILTER,
        HANDLER,
        DESERIALIZER,
        SERIALIZER,
        GROUP_SERIALIZER,
        CONVERTER,
        PATH_MANAGER;

        String noun() {
            return name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }
    }

    /** Flume's type of an alias or a class name, in any case; null if it has none. */
    static @Nullable FlumeType find(TypeKind kind, String type) {
        return of(kind).stream()
                .filter(known -> type.equalsIgnoreCase(known.alias()) || type.equalsIgnoreCase(known.className()))
                .findFirst()
                .orElse(null);
    }

    /** All of one kind. */
    static List<FlumeType> of(TypeKind kind) {
        return TYPES.getOrDefault(kind, List.of());
    }

    private static Adder types(TypeKind kind, String subPackage) {
        return new Adder(TYPES.computeIfAbsent(kind, k -> new ArrayList<>()), PACKAGE + subPackage);
    }

    /** Adds {@code alias=Class} pairs; the alias may be empty. */
    private record Adder(List<FlumeType> types, String packageName) {
        Adder add(String pairs) {
            for (String pair : pairs.split(" ")) {
                int middle = pair.indexOf('=');
                types.add(new FlumeType(pair.substring(0, middle), packageName + pair.substring(middle + 1)));
            }
            return this;
        }
    }
}
