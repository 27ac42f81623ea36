package org.millrace.hdfs;

import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hdfs.HdfsConfiguration;

/** Hadoop's settings: {@code core-site.xml} and {@code hdfs-site.xml} on the class path, and what a sink has to have otherwise. */
final class HadoopConfiguration {
    /**
     * A close asks the name node whether the last block has arrived; the data node mostly tells it some milliseconds later. Hadoop
     * then sleeps 400 ms, the sink with it. We ask sooner, and as long as Hadoop would: 10 ms, doubled 10 times, is 10 s.
     */
    private static final Map<String, String> SHORT_WAITS = Map.of(
            "dfs.client.block.write.locateFollowingBlock.initial.delay.ms", "10",
            "dfs.client.block.write.locateFollowingBlock.retries", "10");

    private HadoopConfiguration() {}

    static Configuration load() {
        Configuration configuration = new HdfsConfiguration();
        configuration.setClassLoader(HadoopConfiguration.class.getClassLoader());
        // the sink closes its file system itself, after its files; a shutdown hook of Hadoop's would do it under them
        configuration.setBoolean("fs.automatic.close", false);
        if (SHORT_WAITS.keySet().stream().allMatch(key -> isHadoopsDefault(configuration, key))) {
            SHORT_WAITS.forEach(configuration::set);
        }
        return configuration;
    }

    /** False if an operator has set it. */
    private static boolean isHadoopsDefault(Configuration configuration, String key) {
        String[] sources = configuration.getPropertySources(key);
        return sources == null || (sources.length > 0 && sources[sources.length - 1].endsWith("-default.xml"));
    }
}
