package org.millrace.hdfs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;
import org.apache.hadoop.io.compress.GzipCodec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.api.BatchSized;
import org.millrace.api.ComponentFactory;
import org.millrace.testkit.KeytabFile;

class HdfsSinkFactoryTest {
    private static final String AVRO_BODY = "org.apache.flume.sink.hdfs.AvroEventSerializer$Builder";

    @TempDir
    private Path directory;

    @Test
    void isFoundByItsNames() {
        assertThat(ServiceLoader.load(ComponentFactory.OfSink.class))
                .flatExtracting(ComponentFactory::typeNames)
                .contains("hdfs", "org.apache.flume.sink.hdfs.HDFSEventSink");
    }

    /** In Flume as here, and seldom what was meant: with no configuration of Hadoop's on the class path nothing else is left. */
    @ParameterizedTest
    @CsvSource({"/logs/%Y, true", "logs, true", "file:///logs, false", "file:/logs, false", "hdfs://nn/logs, false"})
    void aPathOnTheDiskThatDoesNotSaySoGetsANote(String path, boolean isNoted) {
        List<String> notes =
                SinkUnderTest.configured("hdfs.path", path, "hdfs.rollSize", "0", "hdfs.rollCount", "0").notes;
        assertThat(notes.stream().anyMatch(note -> note.startsWith("hdfs.path: names no file system")))
                .isEqualTo(isNoted);
    }

    @Test
    void takesEveryKeyThatFlumeHas() throws Exception {
        Path keytab = KeytabFile.write(directory.resolve("keytab"), "flume", "collector", "REALM");
        SinkUnderTest sut = SinkUnderTest.configured(
                "hdfs.path", "hdfs://nn:8020/logs/%{tenant}/%Y-%m-%d/%H",
                "hdfs.filePrefix", "access_log-%[localhost]",
                "hdfs.fileSuffix", ".log",
                "hdfs.inUsePrefix", "_",
                "hdfs.inUseSuffix", ".open",
                "hdfs.emptyInUseSuffix", "false",
                "hdfs.rollInterval", "30",
                "hdfs.rollSize", "0",
                "hdfs.rollCount", "-1",
                "hdfs.batchSize", "1000",
                "hdfs.idleTimeout", "60",
                "hdfs.fileType", "datastream",
                "hdfs.maxOpenFiles", "100",
                "hdfs.callTimeout", "10000",
                "hdfs.threadsPoolSize", "10",
                "hdfs.rollTimerPoolSize", "2",
                "hdfs.closeTries", "3",
                "hdfs.retryInterval", "10",
                "hdfs.round", "true",
                "hdfs.roundValue", "10",
                "hdfs.roundUnit", "minute",
                "hdfs.timeZone", "America/Los_Angeles",
                "hdfs.useLocalTimeStamp", "true",
                "hdfs.useRawLocalFileSystem", "false",
                "hdfs.minBlockReplicas", "1",
                "hdfs.kerberosPrincipal", "flume/collector@REALM",
                "hdfs.kerberosKeytab", keytab.toString(),
                "hdfs.proxyUser", "weblogs",
                "serializer", "HEADER_AND_TEXT",
                "serializer.appendNewline", "false");

        assertThat(sut.problems).isEmpty();
        assertThat(sut.notes)
                .containsExactlyInAnyOrder(
                        "hdfs.useRawLocalFileSystem: has no effect: no checksum files are written to file:// paths",
                        "hdfs.rollTimerPoolSize: has no effect: the sink's own thread finishes files, no timer");
        assertThat(((BatchSized) sut.sink).batchEvents()).isEqualTo(1000);
        assertThat(((BatchSized) sut.sink).batchKey()).isEqualTo("hdfs.batchSize");
    }

    @ParameterizedTest(name = "{0} = {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "hdfs.path | hdfs://%{host}/x | address cannot have escapes",
                "hdfs.path | %{scheme}://h/x | address cannot have escapes",
                "hdfs.path | %H:%M/x | address cannot have escapes",
                "hdfs.path | hdfs://nn:8020/x/%H:%M | makes a colon, which no name in hdfs: may have",
                "hdfs.path | hdfs:/x/%c | makes a colon",
                "hdfs.path | hdfs:///x/a:b/%Y | makes a colon",
                "hdfs.path | webhdfs://nn:9870/x | webhdfs: does nothing when it is asked to flush",
                "hdfs.path | s3a://bucket/%Y | s3a: does nothing when it is asked to flush",
                "hdfs.path | /x/%[hots] | %[hots]",
                "hdfs.filePrefix | %[hots] | %[hots]",
                "hdfs.fileType | Datastreams | one of: SequenceFile, DataStream, CompressedStream",
                "hdfs.codeC | lzo | none of this name: it needs hadoop-lzo",
                "hdfs.codeC | com.hadoop.compression.lzo.LzopCodec | none of this name: it needs hadoop-lzo",
                "hdfs.codeC | brotli | none of this name; here work bzip2, default",
                "hdfs.codeC | java.lang.String | none of this name; here work",
                "hdfs.codeC | ZStandard | in a SequenceFile it needs Hadoop's native library",
                "hdfs.codeC | zstd | for hdfs.fileType = CompressedStream it works without",
                "hdfs.codeC | org.apache.hadoop.io.compress.PassthroughCodec | PassthroughCodec does not work here",
                "hdfs.writeFormat | Avro | one of: Writable, Text",
                "hdfs.writeFormat | com.acme.Format$Builder | classes written for Flume are not loaded",
                "hdfs.roundUnit | day | one of: second, minute, hour",
                "hdfs.roundValue | 61 | 1 to 60",
                "hdfs.timeZone | Mars/Olympus | there is no such zone",
                "hdfs.maxOpenFiles | 0 | at least 1",
                "hdfs.threadsPoolSize | 0 | 1 to 1000",
                "hdfs.batchSize | 0 | at least 1",
                "hdfs.rollInterval | 30s | a number of seconds",
                "hdfs.callTimeout | soon | a number of milliseconds",
                "hdfs.useLocalTimeStamp | yes | true or false",
                "serializer | XML | one of: picky, TEXT, HEADER_AND_TEXT, AVRO_EVENT, org.apache.flume.sink.hdfs.AvroEvent",
                "serializer | com.acme.Serializer$Builder | classes written for Flume are not loaded",
                "hdfs.proxyUser | '' | empty (expected: a user's name)",
                "hdfs.minBlockReplicas | -1 | 0 to 512",
                "hdfs.sync | fsync | one of: hflush, hsync, none",
                "hdfs.configurationDirectory | /no/such/directory | there is neither of them",
                "writeFormat | Text | unknown",
                "hdfs.maxEventBytes | 0 | a number of bytes",
                "deadLetter.type | kafka | one of: file, channel",
                "deadLetter.maxTries | 0 | at least 1",
                "deadLetter.rollSize | 1 | a number of bytes",
                "deadLetter.rollInterval | -1 | a number of seconds",
                "deadLetter.maxBytes | much | a number of bytes",
                "deadLetter.dir | /x | unknown",
            })
    void badValuesAreRefusedByName(String key, String value, String message) {
        SinkUnderTest sut = key.equals("hdfs.path")
                ? SinkUnderTest.configured(key, value)
                : SinkUnderTest.configured("hdfs.path", "/x", key, value);

        assertThat(sut.problems)
                .singleElement()
                .asString()
                .startsWith(key + ": ")
                .contains(message);
    }

    @Test
    void aFileSystemThatCannotFlushIsTakenWhereNothingIsAskedOfIt() {
        SinkUnderTest sut = SinkUnderTest.configured("hdfs.path", "s3a://bucket/%{b}", "hdfs.sync", "none");

        assertThat(sut.problems).isEmpty();
        assertThat(sut.notes)
                .filteredOn(note -> note.startsWith("hdfs.sync: "))
                .singleElement()
                .asString()
                .contains("lost if the agent is killed");
    }

    @ParameterizedTest(name = "{0} = {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "hdfs.filePrefix | %H:%M",
                "hdfs.filePrefix | a:%{b}",
                "hdfs.fileSuffix | :log",
                "hdfs.inUsePrefix | open:",
                "hdfs.inUseSuffix | :open",
            })
    void aColonInANameInHdfsIsRefused(String key, String value) {
        assertThat(SinkUnderTest.configured("hdfs.path", "hdfs://nn:8020/x", key, value).problems)
                .singleElement()
                .asString()
                .startsWith(key + ": " + value)
                .contains("makes a colon, which no name in hdfs: may have");
        assertThat(SinkUnderTest.configured("hdfs.path", "file:///x", key, value).problems)
                .isEmpty();
    }

    @Test
    void theDefaultFileSystemTellsWhatAPathMayHave() throws Exception {
        Files.writeString(
                directory.resolve("core-site.xml"),
                "<configuration><property><name>fs.defaultFS</name><value>hdfs://nn:8020</value></property>"
                        + "</configuration>");
        String path = "/x/%H:%M";

        assertThat(SinkUnderTest.configured("hdfs.path", path).problems).isEmpty();
        assertThat(SinkUnderTest.configured("hdfs.path", path, "hdfs.configurationDirectory", directory.toString())
                        .problems)
                .singleElement()
                .asString()
                .startsWith("hdfs.path: " + path)
                .contains("makes a colon");
    }

    @ParameterizedTest(name = "{0} = {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "serializer.compressionCodec | lzma | Avro has none of this name; here work null, deflate, snappy, bzip2",
                "serializer.compressionCodec | xz | xz needs a library that is not on the class path",
                "serializer.syncIntervalBytes | 31 | a whole number, 32 to 1073741824",
            })
    void badValuesOfAvroContainersAreRefusedByName(String key, String value, String message) {
        assertThat(SinkUnderTest.configured(
                                "hdfs.path", "/x", "hdfs.fileType", "DataStream", "serializer", AVRO_BODY, key, value)
                        .problems)
                .singleElement()
                .asString()
                .startsWith(key + ": ")
                .contains(message);
    }

    @Test
    void aKeyOfASerializerThatIsNotInUseHasNoEffectAndThatIsSaid() {
        SinkUnderTest sut = SinkUnderTest.configured(
                "hdfs.path", "/x", "hdfs.fileType", "DataStream", "serializer.syncIntervalBytes", "31");

        assertThat(sut.problems).isEmpty();
        assertThat(sut.notes).contains("serializer.syncIntervalBytes: has no effect: serializer is TEXT");
    }

    @Test
    void theKeysOfASerializerHaveNoEffectOnASequenceFileAndThatIsSaidOnce() {
        SinkUnderTest sut = SinkUnderTest.configured(
                "hdfs.path", "hdfs://nn/x",
                "hdfs.rollCount", "0",
                "hdfs.rollSize", "134217728",
                "serializer", "AVRO_EVENT",
                "serializer.compressionCodec", "deflate",
                "serializer.appendNewline", "false");

        assertThat(sut.problems).isEmpty();
        assertThat(sut.notes)
                .containsExactlyInAnyOrder(
                        "serializer: has no effect: a SequenceFile goes by hdfs.writeFormat",
                        "serializer.compressionCodec: has no effect: a SequenceFile goes by hdfs.writeFormat",
                        "serializer.appendNewline: has no effect: serializer is AVRO_EVENT");
        assertThat(SinkUnderTest.configured(
                                "hdfs.path",
                                "hdfs://nn/x",
                                "hdfs.rollCount",
                                "0",
                                "hdfs.rollSize",
                                "134217728",
                                "serializer.appendNewline",
                                "false")
                        .notes)
                .containsExactly("serializer.appendNewline: has no effect: a SequenceFile goes by hdfs.writeFormat");
    }

    @Test
    void principalAndKeytabGoTogether() throws Exception {
        Path keytab = Files.createFile(directory.resolve("keytab"));

        assertThat(SinkUnderTest.configured("hdfs.path", "/x", "hdfs.kerberosKeytab", keytab.toString()).problems)
                .singleElement()
                .asString()
                .startsWith("hdfs.kerberosPrincipal: missing");
        assertThat(SinkUnderTest.configured(
                                "hdfs.path",
                                "/x",
                                "hdfs.kerberosPrincipal",
                                "joe@REALM",
                                "hdfs.kerberosKeytab",
                                "/no/such/file")
                        .problems)
                .singleElement()
                .asString()
                .startsWith("hdfs.kerberosKeytab: /no/such/file")
                .contains("there is no such file");
        assertThat(SinkUnderTest.configured(
                                "hdfs.path",
                                "/x",
                                "hdfs.kerberosPrincipal",
                                "",
                                "hdfs.kerberosKeytab",
                                keytab.toString())
                        .problems)
                .singleElement()
                .asString()
                .startsWith("hdfs.kerberosPrincipal: ")
                .contains("empty (expected: ");
        assertThat(SinkUnderTest.configured("hdfs.path", "/x", "hdfs.kerberosPrincipal", "joe").problems)
                .singleElement()
                .asString()
                .startsWith("hdfs.kerberosKeytab: missing");
    }

    @Test
    void aKeytabWithoutTheKeyIsAMistakeOfTheFile() throws Exception {
        Path keytab = KeytabFile.write(directory.resolve("keytab"), "flume", "collector", "REALM");
        Path none = Files.writeString(directory.resolve("none"), "nonsense");

        assertKerberosProblem("flume/other@REALM", keytab, "kerberosKeytab: " + keytab, "no key of flume/other@REALM");
        assertKerberosProblem("flume/collector@REALM", none, "kerberosKeytab: " + none, "it is no keytab");
        assertKerberosProblem("a/b/c@@", keytab, "kerberosPrincipal: a/b/c@@", "such as name/_HOST@REALM");
        assertKerberosProblem("x/_HOST@REALM", keytab, "kerberosKeytab: " + keytab, "no key of x/");
    }

    private static void assertKerberosProblem(String principal, Path keytab, String start, String part) {
        assertThat(SinkUnderTest.configured(
                                "hdfs.path",
                                "/x",
                                "hdfs.kerberosPrincipal",
                                principal,
                                "hdfs.kerberosKeytab",
                                keytab.toString())
                        .problems)
                .singleElement()
                .asString()
                .startsWith("hdfs." + start)
                .contains(part);
    }

    @Test
    void hadoopsFilesTellWhichCodecsThereAre() throws Exception {
        Files.writeString(
                directory.resolve("core-site.xml"),
                "<configuration><property><name>io.compression.codecs</name><value>" + OurCodec.class.getName()
                        + "</value></property></configuration>");

        assertThat(SinkUnderTest.configured(
                                "hdfs.path",
                                "/x",
                                "hdfs.codeC",
                                "our",
                                "hdfs.configurationDirectory",
                                directory.toString())
                        .problems)
                .isEmpty();
        assertThat(SinkUnderTest.configured("hdfs.path", "/x", "hdfs.codeC", OurCodec.class.getName()).problems)
                .isEmpty();
    }

    @Test
    void aBrokenFileOfHadoopsIsRefusedByName() throws Exception {
        Files.writeString(directory.resolve("hdfs-site.xml"), "<configuration><property>");

        assertThat(SinkUnderTest.configured("hdfs.path", "/x", "hdfs.configurationDirectory", directory.toString())
                        .problems)
                .singleElement()
                .asString()
                .startsWith("hdfs.configurationDirectory: " + directory)
                .contains("hdfs-site.xml");
    }

    /** A codec of the operator's own. */
    public static final class OurCodec extends GzipCodec {}

    @Test
    void flumesRollDefaultsComeWithOneWarningOfTheFilesTheyMake() {
        assertThat(SinkUnderTest.configured("hdfs.path", "hdfs://nn/x").notes)
                .singleElement()
                .asString()
                .startsWith(
                        "hdfs.rollSize: makes very small files: at 1000 events of 512 bytes a second, 1800000 files an "
                                + "hour of 1.0 KiB each (finished after 10 events, hdfs.rollCount; after 1024 bytes of bodies, "
                                + "hdfs.rollSize; after 30 s, hdfs.rollInterval)");
        assertThat(SinkUnderTest.configured("hdfs.path", "hdfs://nn/x", "hdfs.rollSize", "0").notes)
                .singleElement()
                .asString()
                .startsWith("hdfs.rollCount: makes very small files")
                .contains("360000 files an hour of 5.0 KiB");
        assertThat(SinkUnderTest.configured(
                                "hdfs.path", "hdfs://nn/x", "hdfs.rollCount", "0", "hdfs.rollSize", "134217728")
                        .notes)
                .isEmpty();
    }

    @Test
    void pathIsRequired() {
        assertThat(SinkUnderTest.configured().problems)
                .isNotEmpty()
                .allMatch(problem -> problem.startsWith("hdfs.path: missing"));
    }

    @Test
    void codecAndFileTypeMustGoTogether() {
        assertThat(SinkUnderTest.configured("hdfs.path", "/x", "hdfs.fileType", "DataStream", "hdfs.codeC", "gzip")
                        .problems)
                .singleElement()
                .asString()
                .contains("a DataStream is not compressed");
        assertThat(SinkUnderTest.configured("hdfs.path", "/x", "hdfs.fileType", "CompressedStream").problems)
                .singleElement()
                .asString()
                .startsWith("hdfs.codeC: missing");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gzip",
                "GzipCodec",
                "org.apache.hadoop.io.compress.GzipCodec",
                "GZIP",
                "bzip2",
                "snappy",
                "lz4",
                "default",
                "deflate",
                "zstd",
                "ZStandardCodec",
                "org.apache.hadoop.io.compress.ZStandardCodec"
            })
    void codecsGoByTheNamesThatFlumeTakes(String name) {
        assertThat(SinkUnderTest.configured("hdfs.path", "/x", "hdfs.fileType", "CompressedStream", "hdfs.codeC", name)
                        .problems)
                .isEmpty();
    }

    @ParameterizedTest(name = "{0} = {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "hdfs.fileType | SequenceFile | serializer | TEXT",
                "hdfs.fileType | DataStream | hdfs.writeFormat | Text",
                "hdfs.round | false | hdfs.roundValue | 10",
                "hdfs.emptyInUseSuffix | true | hdfs.inUseSuffix | .tmp",
                "hdfs.fileType | DataStream | hdfs.path | /a/%x",
            })
    void settingsWithoutEffectAreNoted(String key, String value, String without, String effect) {
        SinkUnderTest sut = SinkUnderTest.configured("hdfs.path", "/x", key, value, without, effect);

        assertThat(sut.problems).isEmpty();
        assertThat(sut.notes).anyMatch(note -> note.startsWith(without + ": "));
    }
}
