package org.millrace.relay.source.spool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.apache.avro.SchemaNormalization;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.api.part.FileDeserializer;
import org.millrace.relay.source.spool.AvroFormat.SchemaHeader;

/** Files that are no lines: Avro containers, and files as a whole. */
class SpoolFormatsTest {
    private static final AvroFormat HASHES = new AvroFormat(SchemaHeader.HASH);

    @TempDir
    Path temporary;

    private SpoolDirectory spool;

    @BeforeEach
    void makeDirectory() throws IOException {
        spool = new SpoolDirectory(Files.createDirectory(temporary.resolve("spool")));
    }

    @Test
    void eachRecordIsAnEventAndAHeaderTellsItsSchema() throws IOException {
        spool.put("a", AvroFiles.container(1, 3, 100));
        List<SpoolDirectory.Read> events;
        try (SpoolingReader reader = SpoolDirectory.open(spool.settings().withFormat(HASHES))) {
            events = SpoolDirectory.drain(reader, 2);
        }
        String hash = Long.toHexString(Long.reverseBytes(SchemaNormalization.parsingFingerprint64(AvroFiles.SCHEMA)));
        assertThat(events)
                .extracting(SpoolDirectory.Read::text)
                .containsExactly("\u0004n1\u0002", "\u0004n2\u0004", "\u0004n3\u0006");
        assertThat(events)
                .allSatisfy(event -> assertThat(event.headers())
                        .hasSize(1)
                        .hasEntrySatisfying(
                                "flume.avro.schema.hash",
                                text -> assertThat(text).hasSize(16).endsWith(hash)));
        assertThat(spool.names()).containsExactly("a.COMPLETED");
    }

    @Test
    void whoGoesOnAfterACrashRepeatsNoMoreThanABlock() throws IOException {
        spool.put("a", AvroFiles.container(1, 100, 10));
        List<String> events = new ArrayList<>();
        SpoolingReader crashed = SpoolDirectory.open(spool.settings().withFormat(HASHES));
        for (int batch = 0; batch < 5; batch++) {
            events.addAll(SpoolDirectory.texts(SpoolDirectory.readBatch(crashed, 7)));
            crashed.commit();
        }
        crashed.close();
        try (SpoolingReader next = SpoolDirectory.open(spool.settings().withFormat(HASHES))) {
            events.addAll(SpoolDirectory.texts(SpoolDirectory.drain(next, 7)));
        }
        assertThat(events).hasSizeBetween(100, 110);
        assertThat(new HashSet<>(events)).hasSize(100);
    }

    @Test
    void aContainerThatIsCutShortIsSetAsideBehindWhatIsGood() throws IOException {
        byte[] whole = AvroFiles.container(1, 30, 10);
        spool.put("bad", Arrays.copyOf(whole, whole.length - 20));
        spool.put("good", AvroFiles.container(31, 32, 10));
        List<String> texts = SpoolDirectory.texts(spool.settings().withFormat(HASHES));
        assertThat(texts).hasSize(22);
        assertThat(spool.names()).containsExactly("bad", "good.COMPLETED");
    }

    @Test
    void noDamageOfAContainerEndsTheReading() throws IOException {
        byte[] whole = AvroFiles.container(1, 30, 10);
        for (int at = 0; at < whole.length; at += 11) {
            byte[] damaged = whole.clone();
            damaged[at] ^= (byte) 0xFF;
            spool.put("bad" + at, damaged);
        }
        spool.put("good", AvroFiles.container(31, 32, 10));
        assertThat(SpoolDirectory.texts(spool.settings().withFormat(HASHES))).endsWith("\u0006n31>", "\u0006n32@");
        assertThat(spool.names()).contains("good.COMPLETED");
    }

    @Test
    void whateverARecordStumblesOverTheFileIsSetAsideAndTheNextOneRead() throws IOException {
        byte[] whole = AvroFiles.containerOfAllTypes();
        for (int at = whole.length - AvroFiles.BLOCK_BYTES; at < whole.length; at++) {
            for (int value : new int[] {0x0B, 0x7F, 0xFF}) {
                byte[] damaged = whole.clone();
                damaged[at] = (byte) value;
                spool.put("bad" + at + "-" + value, damaged);
            }
        }
        spool.put("good", AvroFiles.container(31, 32, 10));
        assertThat(SpoolDirectory.texts(spool.settings().withFormat(HASHES))).endsWith("\u0006n31>", "\u0006n32@");
        assertThat(spool.names()).contains("good.COMPLETED");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\u0004xz", "\u0012zstandard", "\u000eunknown"})
    void aContainerWhoseCodecIsNotHereOrIsAnotherOneIsSetAside(String codec) throws IOException {
        String text = new String(AvroFiles.deflated(), StandardCharsets.ISO_8859_1);
        spool.put("bad", text.replace("\u000edeflate", codec).getBytes(StandardCharsets.ISO_8859_1));
        spool.put("good", AvroFiles.container(31, 31, 10));
        assertThat(SpoolDirectory.texts(spool.settings().withFormat(HASHES))).containsExactly("\u0006n31>");
        assertThat(spool.names()).containsExactly("bad", "good.COMPLETED");
    }

    /** An agent whose memory is not enough ends, so that Avro must not get as far as to set it aside. */
    @ParameterizedTest
    @ValueSource(longs = {1_900_000_000L, Integer.MAX_VALUE, Long.MAX_VALUE, -1})
    void aBlockThatTellsMoreThanIsThereIsSetAsideForItsLength(long length) throws IOException {
        spool.put("bad", AvroFiles.withBlockLength(length));
        spool.put("good", AvroFiles.container(31, 31, 10));
        assertThat(SpoolDirectory.texts(spool.settings().withFormat(HASHES))).containsExactly("\u0006n31>");
        assertThat(spool.names()).containsExactly("bad", "good.COMPLETED");
        assertThat(spool.quarantineFile()).content().contains("is " + length + ", and 13 bytes are left for it");
    }

    @ParameterizedTest
    @ValueSource(longs = {1_900_000_000L, Integer.MAX_VALUE, Long.MAX_VALUE, -1})
    void aHeaderThatTellsMoreThanIsThereIsSetAsideForItsLength(long length) throws IOException {
        byte[] whole = AvroFiles.container(1, 3, 10);
        spool.put("bad", AvroFiles.withFirstKeyLength(whole, length));
        assertThat(SpoolDirectory.texts(spool.settings().withFormat(HASHES))).isEmpty();
        assertThat(spool.names()).containsExactly("bad");
        assertThat(spool.quarantineFile())
                .content()
                .contains("is " + length + ", and " + (whole.length - 6) + " bytes are left for it");
    }

    @Test
    void aContainerThatIsCutAtAnyByteIsSetAsideUnlessItEndsWithABlock() throws IOException {
        byte[] whole = AvroFiles.container(1, 20, 10);
        int blockBytes = whole.length - AvroFiles.container(1, 10, 10).length;
        for (int cut = 1; cut < blockBytes; cut++) {
            spool.put("bad" + cut, Arrays.copyOf(whole, whole.length - cut));
        }
        SpoolDirectory.texts(spool.settings().withFormat(HASHES));
        assertThat(spool.names()).hasSize(blockBytes - 1).noneMatch(name -> name.endsWith(".COMPLETED"));
    }

    @Test
    void aFileThatIsNoContainerIsSetAside() {
        spool.put("text", "no Avro\n");
        spool.put("none", "");
        assertThat(SpoolDirectory.texts(spool.settings().withFormat(HASHES))).isEmpty();
        assertThat(spool.names()).containsExactly("none", "text");
    }

    @Test
    void aWholeFileIsAnEventUnlessItIsTooLong() {
        spool.put("a", "12345");
        spool.put("b", "123456789012");
        spool.put("c", "");
        assertThat(SpoolDirectory.texts(spool.settings().withFormat(new BlobFormat(5))))
                .containsExactly("12345", "12345", "67890", "12", "");
        assertThat(spool.names()).containsExactly("a.COMPLETED", "b.COMPLETED", "c.COMPLETED");
    }

    @Test
    void aLongFileGoesOnAfterACrashWhereItStood() {
        String text =
                String.join("", IntStream.range(0, 100).mapToObj(i -> "x" + i).toList());
        spool.put("a", text);
        SpoolSettings settings = spool.settings()
                .withFormat(new BlobFormat(7))
                .withHeaders(new SpoolSettings.FileHeaders(null, "name", Map.of()));
        List<SpoolDirectory.Read> events = new ArrayList<>();
        SpoolingReader crashed = SpoolDirectory.open(settings);
        events.addAll(SpoolDirectory.readBatch(crashed, 10));
        crashed.commit();
        SpoolDirectory.readBatch(crashed, 10);
        crashed.close();
        try (SpoolingReader next = SpoolDirectory.open(settings)) {
            events.addAll(SpoolDirectory.drain(next, 10));
        }
        assertThat(String.join("", SpoolDirectory.texts(events))).isEqualTo(text);
        assertThat(events).allMatch(event -> event.headers().equals(Map.of("name", "a")));
    }

    @Test
    void aDeserializerOfAPlugInGoesOnAfterACrashWhereItSaid() {
        spool.put("a", "abcdefghij");
        SpoolSettings settings = spool.settings().withFormat(SpoolFormatsTest::letters);
        SpoolingReader crashed = SpoolDirectory.open(settings);
        List<SpoolDirectory.Read> events = new ArrayList<>(SpoolDirectory.readBatch(crashed, 3));
        crashed.commit();
        SpoolDirectory.readBatch(crashed, 3);
        crashed.close();
        try (SpoolingReader next = SpoolDirectory.open(settings)) {
            events.addAll(SpoolDirectory.drain(next, 3));
        }
        assertThat(String.join("", SpoolDirectory.texts(events))).isEqualTo("abcdefghij");
        assertThat(spool.names()).containsExactly("a.COMPLETED");
    }

    @Test
    void headersOfTheFileWinOverThoseThatADeserializerGivesAnEvent() {
        spool.put("a", "b");
        SpoolSettings settings = spool.settings()
                .withFormat(SpoolFormatsTest::letters)
                .withHeaders(new SpoolSettings.FileHeaders(null, "name", Map.of()));
        try (SpoolingReader reader = SpoolDirectory.open(settings)) {
            assertThat(SpoolDirectory.drain(reader, 10))
                    .containsExactly(new SpoolDirectory.Read(Map.of("name", "a", "at", "0"), "b"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"open", "read", "offset", "close"})
    void whateverADeserializerThrowsTheNextFileIsRead(String where) {
        for (Throwable thrown : List.of(
                new IllegalStateException("of a plug-in"),
                new StackOverflowError("of a plug-in"),
                new NoClassDefFoundError("of a plug-in"),
                new OutOfMemoryError("of a plug-in"))) {
            spool.put("bad", "a");
            spool.put("good", "b");
            SpoolSettings settings = spool.settings().withFormat((file, offset) -> {
                boolean isBad = file.path().endsWith("bad");
                return isBad ? new Throwing(letters(file, offset), where, thrown).opened() : letters(file, offset);
            });
            assertThat(SpoolDirectory.texts(settings)).as("%s", thrown).endsWith("b");
            assertThat(spool.names()).contains("good.COMPLETED");
            spool.remove("bad", "bad.COMPLETED", "good.COMPLETED");
        }
    }

    @Test
    void anEventThatBreaksOffInTheMiddleLeavesNothingOfTheBatchBehind() {
        spool.put("bad", "ab");
        spool.put("good", "c");
        SpoolSettings settings = spool.settings().withFormat((file, offset) -> new FileDeserializer.FileEvents() {
            @Override
            public boolean read(FileDeserializer.Batch batch) {
                batch.add(new byte[] {'x'}, 0, 1);
                batch.add(new byte[] {'y'}, 0, file.path().endsWith("bad") ? 2 : 1);
                return false;
            }

            @Override
            public long offset() {
                return 2;
            }
        });
        assertThat(SpoolDirectory.texts(settings)).containsExactly("x", "y");
        assertThat(spool.names()).containsExactly("bad", "good.COMPLETED");
    }

    @Test
    void anEventThatADeserializerLeavesOutInSilenceIsAFailureOfItsFile() {
        spool.put("bad", "ab");
        spool.put("worse", "ab");
        spool.put("good", "c");
        SpoolSettings settings = spool.settings().withFormat((file, offset) -> new FileDeserializer.FileEvents() {
            @Override
            public boolean read(FileDeserializer.Batch batch) {
                batch.add(new byte[] {'x'}, 0, 1);
                addInSilence(batch, file.path().endsWith("good") ? 1 : 2);
                if (!file.path().endsWith("bad")) {
                    addInSilence(batch, 1);
                }
                return false;
            }

            private static void addInSilence(FileDeserializer.Batch batch, int length) {
                try {
                    batch.add(Map.of("a", "b"), new byte[] {'y'}, 0, length);
                } catch (RuntimeException e) {
                    // as a plug-in may do that is careless
                }
            }

            @Override
            public long offset() {
                return 2;
            }
        });
        assertThat(SpoolDirectory.texts(settings)).containsExactly("x", "y", "y");
        assertThat(spool.names()).containsExactly("bad", "good.COMPLETED", "worse");
        assertThat(spool.quarantineFile()).content().contains("an event could not be added");
    }

    @Test
    void whatADeserializerHasOpenedIsClosedIfItsHeadersCannotBeHad() {
        for (Supplier<Map<String, String>> headers : List.<Supplier<Map<String, String>>>of(
                () -> {
                    throw new IllegalStateException("of a plug-in");
                },
                () -> Collections.singletonMap("key", null))) {
            AtomicBoolean isClosed = new AtomicBoolean();
            AtomicReference<FileDeserializer.SourceFile> opened = new AtomicReference<>();
            spool.put("bad", "a");
            SpoolSettings settings = spool.settings().withFormat((file, offset) -> {
                opened.set(file);
                return new WithHeaders(headers, isClosed);
            });
            assertThat(SpoolDirectory.texts(settings)).isEmpty();
            assertThat(spool.names()).containsExactly("bad");
            assertThat(isClosed).isTrue();
            assertThat(opened.get().content().isOpen()).isFalse();
        }
    }

    /** Has no events. */
    private record WithHeaders(Supplier<Map<String, String>> wanted, AtomicBoolean isClosed)
            implements FileDeserializer.FileEvents {
        @Override
        public boolean read(FileDeserializer.Batch batch) {
            return false;
        }

        @Override
        public Map<String, String> headers() {
            return wanted.get();
        }

        @Override
        public long offset() {
            return 0;
        }

        @Override
        public void close() {
            isClosed.set(true);
        }
    }

    /** A deserializer that throws something in one of its methods. */
    private record Throwing(FileDeserializer.FileEvents events, String where, Throwable thrown)
            implements FileDeserializer.FileEvents {
        Throwing opened() {
            throwIn("open");
            return this;
        }

        @Override
        public boolean read(FileDeserializer.Batch batch) throws IOException {
            throwIn("read");
            return events.read(batch);
        }

        @Override
        public long offset() {
            throwIn("offset");
            return events.offset();
        }

        @Override
        public void close() {
            throwIn("close");
        }

        private void throwIn(String method) {
            if (method.equals(where)) {
                if (thrown instanceof Error error) {
                    throw error;
                }
                throw (RuntimeException) thrown;
            }
        }
    }

    /** An event of each byte; tells where it is, and a name that is not the file's. */
    private static FileDeserializer.FileEvents letters(FileDeserializer.SourceFile file, long offset) {
        return new FileDeserializer.FileEvents() {
            private long at = offset;

            @Override
            public boolean read(FileDeserializer.Batch batch) throws IOException {
                byte[] letter = new byte[1];
                while (batch.hasRoom() && file.content().read(ByteBuffer.wrap(letter), at) == 1) {
                    batch.add(Map.of("name", "none", "at", Long.toString(at)), letter, 0, 1);
                    at++;
                }
                return true; // it is asked once more, and adds nothing
            }

            @Override
            public long offset() {
                return at;
            }
        };
    }
}
