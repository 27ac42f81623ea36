package org.millrace.hdfs;

import java.net.URI;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.jspecify.annotations.Nullable;
import org.millrace.api.ComponentFactory;
import org.millrace.api.ConfigFilter;
import org.millrace.api.ConfigFilterContext;
import org.millrace.api.Settings;

/** Reads {@code credential.provider.path} and {@code credstore.java-keystore-provider.password-file}, which Hadoop knows with a prefix. */
public final class CredentialStoreFilterFactory implements ComponentFactory.OfConfigFilter {
    private static final String HADOOP = "hadoop.security.";
    private static final String PATH = "credential.provider.path";
    private static final String PASSWORD_FILE = "credstore.java-keystore-provider.password-file";

    @Override
    public List<String> typeNames() {
        return List.of("hadoop", "org.apache.flume.configfilter.HadoopCredentialStoreConfigFilter");
    }

    @Override
    public String summary() {
        return "Takes values from a credential store of Hadoop's, which the command 'hadoop credential' fills";
    }

    @Override
    public ConfigFilter create(ConfigFilterContext context, Settings settings) {
        String path = settings.value(
                        PATH,
                        "the address of a credential store, such as jceks://file/etc/secrets.jceks, or several separated"
                                + " by commas",
                        CredentialStoreFilterFactory::addresses,
                        "")
                .about("the store; of several the first that has a key counts")
                .required();
        String passwordFile = settings.string(PASSWORD_FILE)
                .about(
                        "a file on the class path with the store's password; without one Hadoop takes it from the environment")
                .orNull();
        return new CredentialStore(configuration(path, passwordFile));
    }

    /** Hadoop looks at them when it is asked for a value, and finds its providers by their schemes. */
    private static String addresses(String text) {
        for (String address : text.split(",")) {
            if (URI.create(address.trim()).getScheme() == null) {
                throw new IllegalArgumentException("without a scheme: " + address.trim());
            }
        }
        return text;
    }

    private static Configuration configuration(String path, @Nullable String passwordFile) {
        Configuration configuration = HadoopConfiguration.load(null);
        configuration.set(HADOOP + PATH, path);
        if (passwordFile != null) {
            configuration.set(HADOOP + PASSWORD_FILE, passwordFile);
        }
        return configuration;
    }
}
