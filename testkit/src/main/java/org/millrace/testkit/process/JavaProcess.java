package org.millrace.testkit.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * A JVM that we started and stop again: at the latest when this JVM ends. What it says goes to a file; where it is a {@link
 * #conversation}, its standard output is read line by line instead. One thread at a time.
 */
public final class JavaProcess implements AutoCloseable {
    private static final long STOP_SECONDS = 60;
    /** Hadoop's mini cluster brings an epoll of its own; Netty would use neither, and what is tested would not be what users run. */
    private static final String FIRST_EPOLL_COUNTS = "-Dio.netty.native.detectNativeLibraryDuplicates=false";

    /** Which compilers this JVM has, if it was told: what it starts has no others. */
    private static final List<String> COMPILERS = ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
            .filter(flag -> flag.startsWith("-XX:TieredStopAtLevel="))
            .toList();

    private static final Path JAVA_HOME = Path.of(System.getProperty("java.home"));

    private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> RUNNING.forEach(Process::destroyForcibly)));
    }

    private final String name;
    private final Process process;
    private final Path log;
    private boolean isPaused;

    private JavaProcess(String name, Process process, Path log) {
        this.name = name;
        this.process = process;
        this.log = log;
        RUNNING.add(process);
    }

    /**
     * Starts {@code java}, the same one that runs us.
     *
     * @param name for messages and for the log file, {@code NAME.log} in the directory; it is added to what an earlier one said
     * @param flags for the JVM
     * @param command main class and its arguments
     */
    public static JavaProcess start(String name, Path dir, List<String> flags, String classPath, List<String> command) {
        return start(name, dir, flags, classPath, command, false);
    }

    /** As {@link #start}, for a program that takes orders on standard input and answers on standard output. */
    public static JavaProcess conversation(
            String name, Path dir, List<String> flags, String classPath, List<String> command) {
        return start(name, dir, flags, classPath, command, true);
    }

    /**
     * Starts a script that becomes a {@code java}, the same one that runs us.
     *
     * @param name as for {@link #start}
     * @param command the script and its arguments
     */
    public static JavaProcess ofScript(String name, Path dir, List<String> command) {
        return start(name, dir, command, false);
    }

    private static JavaProcess start(
            String name, Path dir, List<String> flags, String classPath, List<String> command, boolean answers) {
        List<String> words = new ArrayList<>();
        words.add(JAVA_HOME.resolve("bin").resolve("java").toString());
        words.add(FIRST_EPOLL_COUNTS);
        words.addAll(COMPILERS);
        words.addAll(flags);
        words.add("-cp");
        words.add(classPath);
        words.addAll(command);
        return start(name, dir, words, answers);
    }

    private static JavaProcess start(String name, Path dir, List<String> words, boolean answers) {
        Path log = dir.resolve(name + ".log");
        ProcessBuilder builder = new ProcessBuilder(words).directory(dir.toFile());
        builder.environment().remove("JAVA_TOOL_OPTIONS"); // what is set for us is not meant for what we test
        builder.environment().put("JAVA_HOME", JAVA_HOME.toString());
        if (answers) {
            builder.redirectError(Redirect.appendTo(log.toFile()));
        } else {
            builder.redirectErrorStream(true).redirectOutput(Redirect.appendTo(log.toFile()));
        }
        try {
            return new JavaProcess(name, builder.start(), log);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start " + name, e);
        }
    }

    public String name() {
        return name;
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** What it has said so far. */
    public String log() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException("log of " + name, e);
        }
    }

    /** Says a line to a conversation and waits for the line that answers it. */
    public String ask(String line) {
        try {
            OutputStream out = process.getOutputStream();
            out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
            out.flush();
            BufferedReader answers = process.inputReader(StandardCharsets.UTF_8);
            String answer = answers.readLine();
            if (answer == null) {
                throw new IllegalStateException(name + " ended without an answer to: " + line + "\n" + log());
            }
            return answer;
        } catch (IOException e) {
            throw new UncheckedIOException(name + " did not answer: " + line, e);
        }
    }

    /** Memory of the process in physical pages, in bytes. */
    public long residentBytes() {
        return ProcFile.residentBytes(process.pid());
    }

    /** CPU time of all its threads so far, in nanoseconds. */
    public long cpuNanos() {
        return process.info()
                .totalCpuDuration()
                .orElseThrow(() -> new IllegalStateException(name + " has ended"))
                .toNanos();
    }

    /** SIGSTOP: it stands still, with all its connections open, until it is to {@link #goOn} or is closed. */
    public void pause() throws InterruptedException {
        signal("STOP");
        isPaused = true;
    }

    /** SIGCONT. */
    public void goOn() throws InterruptedException {
        signal("CONT");
        isPaused = false;
    }

    private void signal(String signal) throws InterruptedException {
        try {
            int exitCode = new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
                    .start()
                    .waitFor();
            if (exitCode != 0) {
                throw new IllegalStateException("no SIG" + signal + " for " + name + ": kill ended with " + exitCode);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("no SIG" + signal + " for " + name, e);
        }
    }

    /** SIGTERM. */
    public void terminate() {
        process.destroy();
    }

    /** SIGKILL, and waits for the end. */
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
        RUNNING.remove(process);
    }

    /** Waits for the end, up to the bound after which a stop counts as failed. */
    public int awaitExit() throws InterruptedException {
        if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException(name + " still runs " + STOP_SECONDS + " s after it was told to stop");
        }
        return process.exitValue();
    }

    /** SIGTERM, and SIGKILL if that does not end it in time. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (isPaused) {
                goOn(); // to hear of it
            }
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        RUNNING.remove(process);
    }
}
