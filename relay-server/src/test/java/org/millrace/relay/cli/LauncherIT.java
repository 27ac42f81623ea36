package org.millrace.relay.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script {@code bin/millrace}, with a Java that prints the arguments it was given, one a line. */
class LauncherIT {
    private static final Path SCRIPT = Path.of("..", "dist", "src", "bin", "millrace");

    @TempDir
    Path directory;

    private final Map<String, String> environment = new HashMap<>();
    private Path install;
    private Path java;

    @BeforeEach
    void installWithAJavaThatTells() throws IOException {
        Path root = directory.toRealPath();
        install = root.resolve("an install");
        Files.createDirectories(install.resolve("bin"));
        Files.createDirectories(install.resolve("conf"));
        Files.createDirectories(install.resolve("lib"));
        Files.createFile(install.resolve("lib").resolve("relay-server-1.jar"));
        Files.copy(SCRIPT, install.resolve("bin").resolve("millrace"));
        java = javaOf("17.0.9", root.resolve("jdk"));
        environment.put("JAVA_HOME", java.toString());
    }

    @Test
    void argumentsReachJavaAsTheyWereGiven() throws Exception {
        assertThat(run("agent", "--name", "a b", "-f", "c'\"d $HOME*", "-Dk=v w")
                        .lines())
                .containsSubsequence(
                        "-Dk=v w", "org.millrace.relay.RelayMain", "agent", "--name", "a b", "-f", "c'\"d $HOME*");
    }

    @Test
    void theConfDirectoryIsFirstOnTheClassPathAndTheInstallsOwnIsLast() throws Exception {
        Path conf = Files.createDirectory(directory.toRealPath().resolve("our conf"));
        environment.put("FLUME_CLASSPATH", "/env.jar");
        assertThat(run("agent", "-c", conf.toString(), "-C", "/option.jar").classPath())
                .isEqualTo(conf + ":" + install + "/lib/*:/option.jar:/env.jar:" + install + "/conf");
    }

    @Test
    void hadoopsSettingsAreThoseOfTheHadoopThatIsNamed() throws Exception {
        Path hadoop = directory.toRealPath().resolve("hadoop");
        environment.put("HADOOP_HOME", hadoop.toString());
        assertThat(run("agent").classPath()).doesNotContain(hadoop.toString());
        Files.createDirectories(hadoop.resolve("etc").resolve("hadoop"));
        assertThat(run("agent").classPath()).endsWith(":" + hadoop + "/etc/hadoop");
        environment.put("HADOOP_CONF_DIR", "/etc/others");
        assertThat(run("agent").classPath()).endsWith(":/etc/others");
    }

    @Test
    void standardOutputIsForTheResultOfACommandThatLooksIntoThings() throws Exception {
        assertThat(run("channel", "repair", "d").lines()).contains("-Dmillrace.log.level=ERROR");
        assertThat(run("agent").lines()).doesNotContain("-Dmillrace.log.level=ERROR");
    }

    @Test
    void plugInsAreHandedToTheAgentAndTheirNativeLibrariesCanBeFound() throws Exception {
        Path plugIn = install.resolve("plugins.d").resolve("ours");
        Files.createDirectories(plugIn.resolve("lib"));
        Files.createDirectories(plugIn.resolve("libext"));
        Files.createDirectories(plugIn.resolve("native"));
        Run run = run("agent");
        assertThat(run.classPath()).doesNotContain("plugins.d");
        assertThat(run.lines())
                .contains("-Djava.library.path=" + plugIn + "/native", "-Dmillrace.plugins.path=" + plugIn.getParent());
        assertThat(run("agent", "--plugins-path", "/a:/b").lines()).contains("-Dmillrace.plugins.path=/a:/b");
    }

    @Test
    void bothEnvFilesAreReadAndOursHasTheLastWord() throws Exception {
        Files.writeString(
                install.resolve("conf").resolve("flume-env.sh"),
                "JAVA_OPTS='-Dfrom=flume -Dalso=flume'\nfalse $UNSET\n");
        Files.writeString(
                install.resolve("conf").resolve("millrace-env.sh"), "JAVA_OPTS=\"$JAVA_OPTS -Dfrom=millrace\"\n");
        assertThat(run("agent").lines()).containsSubsequence("-Dfrom=flume", "-Dalso=flume", "-Dfrom=millrace");
    }

    @Test
    void aHeapOrACollectorThatAPersonNamesReplacesOurs() throws Exception {
        assertThat(run("agent").lines()).contains("-Xmx1g", "-XX:+UseParallelGC");
        environment.put("JAVA_OPTS", "-Xmx20m -XX:+UseZGC");
        assertThat(run("agent").lines())
                .contains("-Xmx20m", "-XX:+UseZGC")
                .doesNotContain("-Xms16m", "-Xmx1g", "-XX:+UseParallelGC");
    }

    @Test
    void theRootLoggerIsUnderstoodAsFlumesScriptsWriteIt() throws Exception {
        assertThat(run("agent", "-Dflume.root.logger=DEBUG,console").lines()).contains("-Dmillrace.log.level=DEBUG");
    }

    @Test
    void newerJavasAreAllowedNativeCode() throws Exception {
        assertThat(run("agent").lines()).doesNotContain("--enable-native-access=ALL-UNNAMED");
        environment.put(
                "JAVA_HOME", javaOf("25.0.3", directory.resolve("jdk25")).toString());
        assertThat(run("agent").lines()).contains("--enable-native-access=ALL-UNNAMED");
    }

    @Test
    void itIsFoundThroughSymbolicLinksAndFromAnywhere() throws Exception {
        Path link = Files.createSymbolicLink(
                directory.resolve("flume-ng"), install.resolve("bin").resolve("millrace"));
        assertThat(run(
                                Files.createSymbolicLink(
                                        directory.resolve("again"),
                                        Path.of(link.getFileName().toString())),
                                "agent")
                        .classPath())
                .startsWith(install + "/conf:");
    }

    @Test
    void pathsFromHereAreNotLookedForInCdpath() throws Exception {
        Path root = directory.toRealPath();
        Files.createDirectory(root.resolve("ours"));
        environment.put("CDPATH", root.toString());
        Path script = Path.of("an install", "bin", "millrace");
        assertThat(run(script, "agent", "-c", "ours").classPath())
                .isEqualTo(root + "/ours:" + install + "/lib/*:" + install + "/conf");
        environment.put("MILLRACE_HOME", "an install");
        Run named = run(script, "agent");
        assertThat(named.classPath()).startsWith(install + "/conf:");
        assertThat(named.errors()).isEmpty();
    }

    @Test
    void anOldFlumeNamedByFlumeHomeStaysOut() throws Exception {
        Path old = Files.createDirectory(directory.resolve("old flume"));
        environment.put("FLUME_HOME", old.toString());
        Run run = run("agent");
        assertThat(run.classPath()).startsWith(install + "/conf:");
        assertThat(run.errors()).contains(old.toString(), "no Millrace install");
    }

    @Test
    void aDryRunPrintsACommandThatAShellTakes() throws Exception {
        Run dry = run("agent", "-d", "--name", "a b");
        assertThat(dry.lines()).hasSize(1);
        assertThat(run(List.of("bash", "-c", dry.output())).lines())
                .isEqualTo(run("agent", "--name", "a b").lines());
    }

    @Test
    void whatIsMissingIsSaid() throws Exception {
        Run noDirectory = run("agent", "-c", "/no/such");
        assertThat(noDirectory.status()).isEqualTo(2);
        assertThat(noDirectory.errors()).contains("/no/such");
        assertThat(run("agent", "--conf").status()).isEqualTo(2);

        environment.put(
                "JAVA_HOME", javaOf("1.8.0_402", directory.resolve("jdk8")).toString());
        Run old = run("agent");
        assertThat(old.status()).isEqualTo(1);
        assertThat(old.errors()).contains("Java 8", "17 or newer");

        environment.put("JAVA_HOME", "/no/such");
        assertThat(run("agent").errors()).contains("JAVA_HOME is /no/such");
    }

    @Test
    void anArchiveOfTheClassesOfThisJavaIsUsedAndItsJarsStandFirst() throws Exception {
        Path lib = install.resolve("lib");
        Files.createFile(lib.resolve("classes-25.0.3.jsa"));
        assertThat(run("agent").output()).doesNotContain("SharedArchiveFile");

        Path archive = Files.createFile(lib.resolve("classes-17.0.9.jsa"));
        Run run = run("agent", "-C", "/option.jar");
        assertThat(run.lines()).contains("-XX:SharedArchiveFile=" + archive, "-Xlog:cds=off");
        assertThat(run.classPath()).isEqualTo(install + "/lib/*:" + install + "/conf:/option.jar");
    }

    @Test
    void whoNamesAnArchiveOfTheirOwnOrWantsNoneHasNoneOfOurs() throws Exception {
        Files.createFile(install.resolve("lib").resolve("classes-17.0.9.jsa"));
        for (String own :
                List.of("-Xshare:off", "-XX:SharedArchiveFile=/own.jsa", "-XX:ArchiveClassesAtExit=/own.jsa")) {
            Run run = run("agent", own);
            assertThat(run.lines()).contains(own).doesNotContain("-Xlog:cds=off");
            assertThat(run.classPath()).startsWith(install + "/conf:");
        }
    }

    @Test
    void theSystemSpeaksEnglishAndFileNamesAreThoseOfThePersonsLocale() throws Exception {
        tellTheLocale();
        localesHave("UTF-8");
        environment.putAll(Map.of("LC_ALL", "", "LC_CTYPE", "", "LANG", "de_DE.UTF-8"));
        assertThat(run("agent").lines()).containsExactly("||C|de_DE.UTF-8");
        environment.put("LC_ALL", "fr_FR.UTF-8");
        assertThat(run("agent").lines()).containsExactly("|fr_FR.UTF-8|C|fr_FR.UTF-8");
        environment.putAll(Map.of("LC_ALL", "", "LANG", "C"));
        assertThat(run("agent").output()).startsWith("C.UTF-8|");
    }

    @Test
    void aLocaleThatTheMachineLacksIsNoReasonToKnowAsciiNamesAlone() throws Exception {
        tellTheLocale();
        localesHave("ANSI_X3.4-1968");
        environment.putAll(Map.of("LC_ALL", "", "LC_CTYPE", "xx_XX.UTF-8", "LANG", "xx_XX.UTF-8"));
        assertThat(run("agent").output()).startsWith("C.UTF-8|");
    }

    private void tellTheLocale() throws IOException {
        Files.writeString(
                java.resolve("bin").resolve("java"), "#!/bin/sh\necho \"$LC_ALL|$LC_CTYPE|$LC_MESSAGES|$LANG\"\n");
    }

    /** What the system's {@code locale charmap} says of any locale but the bare one. */
    private void localesHave(String charset) throws IOException {
        Path programs = Files.createDirectory(directory.resolve("programs"));
        Path program = Files.writeString(programs.resolve("locale"), "#!/bin/sh\necho " + charset + "\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        environment.put("PATH", programs + ":" + System.getenv("PATH"));
    }

    private static Path javaOf(String version, Path home) throws IOException {
        Files.createDirectories(home.resolve("bin"));
        Files.writeString(home.resolve("release"), "IMPLEMENTOR=\"us\"\nJAVA_VERSION=\"" + version + "\"\n");
        Path program = Files.writeString(home.resolve("bin").resolve("java"), "#!/bin/sh\nprintf '%s\\n' \"$@\"\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        return home;
    }

    private Run run(String... arguments) throws Exception {
        return run(install.resolve("bin").resolve("millrace"), arguments);
    }

    private Run run(Path script, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("bash", script.toString()));
        command.addAll(List.of(arguments));
        return run(command);
    }

    private Run run(List<String> command) throws Exception {
        Path output = directory.resolve("output");
        Path errors = directory.resolve("errors");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectOutput(output.toFile())
                .redirectError(errors.toFile());
        builder.environment().keySet().removeIf(name -> name.matches("(JAVA|FLUME|MILLRACE|HADOOP)_.*"));
        builder.environment().putAll(environment);
        Process process = builder.start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("ended by itself").isTrue();
        return new Run(process.exitValue(), Files.readString(output, UTF_8), Files.readString(errors, UTF_8));
    }

    private record Run(int status, String output, String errors) {
        List<String> lines() {
            return output.lines().toList();
        }

        String classPath() {
            return lines().get(lines().indexOf("-cp") + 1);
        }
    }
}
