package org.millrace.soak;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NumberSetTest {
    private static final long FAR = 5_000_000; // some pages on

    private final NumberSet set = new NumberSet();

    @Test
    void tellsWhatIsInItAndWhatIsNot() {
        set.addAll(62, 4);
        set.add(FAR);

        assertThat(set.contains(61)).isFalse();
        assertThat(set.contains(62)).isTrue();
        assertThat(set.contains(65)).isTrue();
        assertThat(set.contains(66)).isFalse();
        assertThat(set.contains(FAR)).isTrue();
        assertThat(set.contains(2 * FAR)).isFalse();
        assertThat(set.count(60, 5)).isEqualTo(3);
        assertThat(set.size()).isEqualTo(5);
    }

    @Test
    void countsANumberOnceHoweverOftenItComes() {
        assertThat(set.add(7)).isTrue();
        assertThat(set.add(7)).isFalse();
        assertThat(set.size()).isEqualTo(1);
    }

    @Test
    void isTheSameWhenReadFromItsFile(@TempDir Path dir) throws IOException {
        set.addAll(3, 200);
        set.add(FAR);
        set.writeTo(dir.resolve("set"));

        NumberSet read = NumberSet.readFrom(dir.resolve("set"));

        assertThat(read.size()).isEqualTo(201);
        assertThat(read.count(0, 1000)).isEqualTo(200);
        assertThat(read.contains(FAR)).isTrue();
    }
}
