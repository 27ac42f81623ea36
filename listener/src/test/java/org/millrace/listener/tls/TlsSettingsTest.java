package org.millrace.listener.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.millrace.testkit.TestCertificates.PASSWORD;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.api.Settings;
import org.millrace.testkit.RecordedProblems;
import org.millrace.testkit.TestCertificates;
import org.millrace.tls.ServerTls;

class TlsSettingsTest {
    private static final Map<String, String> OLDER = Map.of(
            "ssl", "enableSSL", "keystore-password", "keystorePassword", "exclude-protocols", "excludeProtocols");

    private static String store;

    private final RecordedProblems problems = new RecordedProblems();

    @BeforeAll
    static void issue(@TempDir Path dir) throws IOException {
        store = new TestCertificates(dir).issue("server").store("JKS").toString();
    }

    @Test
    void anOlderNameCountsWhereTheNewerIsLeftOut() {
        assertThat(server("enableSSL", "true", "keystore", store, "keystorePassword", PASSWORD))
                .isNotNull();
        assertThat(problems.problems()).isEmpty();
        assertThat(problems.notes()).isEmpty();
    }

    @Test
    void theNewerNameCountsWhereBothAreThere() {
        String[] keys = {
            "ssl",
            "true",
            "enableSSL",
            "false",
            "keystore",
            store,
            "keystore-password",
            PASSWORD,
            "keystorePassword",
            "x"
        };

        assertThat(server(keys)).isNotNull();
        assertThat(problems.problems()).isEmpty();
        assertThat(problems.notes())
                .containsExactlyInAnyOrder(
                        "enableSSL: has no effect: there is ssl",
                        "keystorePassword: has no effect: there is keystore-password");
    }

    @Test
    void aMistakeIsSaidOfTheNameThatIsInTheFile() {
        assertThat(server("enableSSL", "yes")).isNull();
        assertThat(problems.problems()).contains("enableSSL: yes (expected: true or false)");
    }

    @Test
    void anOlderNameWithoutTlsHasNoEffect() {
        assertThat(server("excludeProtocols", "SSLv3")).isNull();
        assertThat(problems.notes()).containsExactly("excludeProtocols: has no effect: ssl is false");
    }

    @Test
    void passwordsAreSecretByEitherName() {
        Settings settings = problems.settings(new HashMap<>());
        TlsSettings.server(settings, OLDER);

        assertThat(settings.secretKeys()).contains("keystore-password", "keystorePassword");
    }

    private @Nullable ServerTls server(String... keysAndValues) {
        Map<String, String> values = new HashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            values.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return TlsSettings.server(problems.settings(values), OLDER);
    }
}
