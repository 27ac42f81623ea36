package org.millrace.relay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.millrace.relay.config.ComponentCatalog;
import org.millrace.relay.config.ComponentReference;
import org.millrace.relay.config.ComponentReferences;

class ReferencePageTest {
    private static final Path PAGE = Path.of("../docs/reference.md");

    private final List<ComponentReference> references = new ArrayList<>();

    ReferencePageTest() {
        ComponentCatalog catalog = ComponentCatalog.ofClassPath();
        references.addAll(ComponentReferences.of(catalog));
        references.addAll(ComponentReferences.partsOf(catalog));
    }

    @Test
    void everyComponentSaysWhatItIsForAndWhatEachKeyMeans() {
        assertThat(references).isNotEmpty().allSatisfy(reference -> {
            assertThat(reference.summary()).as(reference.type()).isNotEmpty();
            assertThat(reference.keys()).allSatisfy(key -> {
                assertThat(key.meaning()).as(reference.type() + " " + key.key()).isNotEmpty();
                assertThat(key.expected())
                        .as(reference.type() + " " + key.key())
                        .isNotEmpty();
            });
        });
    }

    /** If it fails: {@code bin/millrace help --markdown > docs/reference.md}. */
    @Test
    void thePageInTheDocumentationIsOfToday() throws IOException {
        assertThat(Files.readString(PAGE)).isEqualTo(ReferencePage.of(references));
    }
}
