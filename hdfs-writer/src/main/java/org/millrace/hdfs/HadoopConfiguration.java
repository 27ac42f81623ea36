package org.millrace.hdfs;

import static org.apache.hadoop.fs.CommonConfigurationKeys.IPC_CLIENT_FALLBACK_TO_SIMPLE_AUTH_ALLOWED_KEY;
import static org.apache.hadoop.fs.CommonConfigurationKeysPublic.HADOOP_RPC_SOCKET_FACTORY_CLASS_DEFAULT_KEY;
import static org.apache.hadoop.fs.CommonConfigurationKeysPublic.HADOOP_SECURITY_AUTHENTICATION;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hdfs.HdfsConfiguration;
import org.jspecify.annotations.Nullable;

/**
 * Hadoop's settings: {@code core-site.xml} and {@code hdfs-site.xml} on the class path, those in {@code hdfs.configurationDirectory}
 * on top, and what a sink has to have otherwise.
 */
final class HadoopConfiguration {
    /**
     * A close asks the name node whether the last block has arrived; the data node mostly tells it some milliseconds later. Hadoop
     * then sleeps 400 ms, the sink with it. We ask sooner, and as long as Hadoop would: 10 ms, doubled 10 times, is 10 s.
     */
    private static final Map<String, String> SHORT_WAITS = Map.of(
            "dfs.client.block.write.locateFollowingBlock.initial.delay.ms", "10",
            "dfs.client.block.write.locateFollowingBlock.retries", "10");

    private static final List<String> FILES = List.of("core-site.xml", "hdfs-site.xml");

    private HadoopConfiguration() {}

    /** @throws IllegalArgumentException if neither of the files is there, or one of them is not well-formed */
    static Path checked(Path directory) {
        if (FILES.stream().noneMatch(file -> Files.isReadable(directory.resolve(file)))) {
            throw new IllegalArgumentException("there is neither of them");
        }
        try {
            load(directory).size(); // Hadoop reads them when it is first asked something
        } catch (RuntimeException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
        return directory;
    }

    /**
     * Reads them.
     *
     * @param directory {@link #checked}; null for the class path alone
     */
    static Configuration load(@Nullable Path directory) {
        Configuration configuration = new HdfsConfiguration();
        if (directory != null) {
            FILES.stream()
                    .map(directory::resolve)
                    .filter(Files::exists)
                    .forEach(file -> configuration.addResource(new org.apache.hadoop.fs.Path(file.toUri())));
        }
        configuration.setClassLoader(HadoopConfiguration.class.getClassLoader());
        // the sink closes its file system itself, after its files; a shutdown hook of Hadoop's would do it under them
        configuration.setBoolean("fs.automatic.close", false);
        if (SHORT_WAITS.keySet().stream().allMatch(key -> isHadoopsDefault(configuration, key))) {
            SHORT_WAITS.forEach(configuration::set);
        }
        speakToSimpleClusters(configuration);
        return configuration;
    }

    /**
     * Whether there is Kerberos is a matter of the whole process to Hadoop: once a sink writes to a secure cluster, its client takes no
     * other for an answer, even where a sink's own files say that its cluster has none.
     */
    private static void speakToSimpleClusters(Configuration configuration) {
        boolean isSimple = configuration
                .getTrimmed(HADOOP_SECURITY_AUTHENTICATION, "simple")
                .equalsIgnoreCase("simple");
        if (isSimple
                && isHadoopsDefault(configuration, IPC_CLIENT_FALLBACK_TO_SIMPLE_AUTH_ALLOWED_KEY)
                && isHadoopsDefault(configuration, HADOOP_RPC_SOCKET_FACTORY_CLASS_DEFAULT_KEY)) {
            configuration.setBoolean(IPC_CLIENT_FALLBACK_TO_SIMPLE_AUTH_ALLOWED_KEY, true);
            configuration.set(HADOOP_RPC_SOCKET_FACTORY_CLASS_DEFAULT_KEY, SimpleClusterSockets.class.getName());
        }
    }

    /** False if an operator has set it. */
    private static boolean isHadoopsDefault(Configuration configuration, String key) {
        String[] sources = configuration.getPropertySources(key);
        return sources == null || (sources.length > 0 && sources[sources.length - 1].endsWith("-default.xml"));
    }
}
