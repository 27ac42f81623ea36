package org.millrace.hdfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.security.alias.CredentialProvider;
import org.apache.hadoop.security.alias.CredentialProviderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.api.ConfigFilter;
import org.millrace.api.ConfigFilterContext;
import org.millrace.testkit.RecordedProblems;

/** Against a store that Hadoop itself has written. */
class CredentialStoreTest {
    @TempDir
    private Path directory;

    private final RecordedProblems problems = new RecordedProblems();

    @Test
    void aValueIsWhatHadoopHasUnderTheKey() throws Exception {
        String path = "jceks://file" + directory.resolve("secrets.jceks");
        Configuration configuration = new Configuration();
        configuration.set("hadoop.security.credential.provider.path", path);
        CredentialProvider store =
                CredentialProviderFactory.getProviders(configuration).get(0);
        store.createCredentialEntry("db-password", "open sesame".toCharArray());
        store.flush();

        ConfigFilter filter = filter(Map.of("credential.provider.path", path));
        assertThat(filter.value("db-password")).isEqualTo("open sesame");
        assertThat(filter.value("another")).isNull();
        assertThat(problems.problems()).isEmpty();
    }

    @Test
    void aStoreThatCannotBeReadIsAFailureWithAReason() throws Exception {
        Path broken = Files.writeString(directory.resolve("broken.jceks"), "not a key store");
        ConfigFilter filter = filter(Map.of("credential.provider.path", "jceks://file" + broken));
        assertThatThrownBy(() -> filter.value("x")).hasMessageContaining("the credential store cannot be read");
        ConfigFilter noPassword = filter(Map.of(
                "credential.provider.path",
                "jceks://file" + directory.resolve("new.jceks"),
                "credstore.java-keystore-provider.password-file",
                "not-on-the-class-path"));
        assertThatThrownBy(() -> noPassword.value("x")).hasMessageContaining("the credential store cannot be read");
        ConfigFilter unknown = filter(Map.of("credential.provider.path", "nope://x"));
        assertThatThrownBy(() -> unknown.value("x")).hasMessageContaining("the credential store cannot be read");
    }

    @Test
    void thePathIsRequired() {
        filter(Map.of());
        assertThat(problems.problems().toString()).contains("credential.provider.path", "missing");
    }

    private ConfigFilter filter(Map<String, String> values) {
        return new CredentialStoreFilterFactory()
                .create(new ConfigFilterContext("a", "f", Map.of()), problems.settings(values));
    }
}
