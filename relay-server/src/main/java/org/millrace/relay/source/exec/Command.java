package org.millrace.relay.source.exec;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run of a command. A thread reads what it prints into {@link CommandLines}, another one what it says on its standard error, where
 * that is to be logged. Its input is empty. {@link #stop}: any thread; everything else: one thread.
 */
final class Command implements Closeable {
    private static final int CHUNK = 64 << 10;
    private static final int MAX_ERROR_CHARS = 8 << 10;
    private static final long END_MILLIS = 2_000;
    private static final Logger log = LoggerFactory.getLogger(Command.class);

    private final String source;
    private final ExecSettings settings;
    private final Process process;
    private final CommandLines lines;
    private final Thread pump;

    private Command(String source, ExecSettings settings, Process process) {
        this.source = source;
        this.settings = settings;
        this.process = process;
        this.lines = new CommandLines(settings.charset(), settings.maxLineBytes());
        this.pump = new Thread(this::pump, "exec-out-" + source);
    }

    /** @throws IOException if there is no such program, or it may not be run */
    static Command start(String source, ExecSettings settings) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(settings.words());
        if (!settings.logsErrors()) {
            builder.redirectError(Redirect.DISCARD);
        }
        Process process = builder.start();
        process.getOutputStream().close();
        Command command = new Command(source, settings, process);
        command.pump.setDaemon(true); // a child of the command may hold the pipe open for ever
        command.pump.start();
        if (settings.logsErrors()) {
            Thread errors = new Thread(command::logErrors, "exec-err-" + source);
            errors.setDaemon(true);
            errors.start();
        }
        return command;
    }

    CommandLines lines() {
        return lines;
    }

    /** Asks the command, and what it has started itself, to end. What they have printed can still be read: see {@link #kill}. */
    void stop() {
        process.descendants().forEach(ProcessHandle::destroy);
        process.toHandle().destroy();
    }

    /** Ends the command, and what it has started itself. By its handle: the process itself would close the pipe, with what is in it. */
    void kill() {
        if (process.isAlive()) {
            log.warn("source {}: its command does not end when it is asked to, and is killed", source);
        }
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.toHandle().destroyForcibly();
    }

    /** Ends the command if it still runs after it has closed its output; tells its exit status. */
    int end() throws InterruptedException {
        if (!process.waitFor(END_MILLIS, TimeUnit.MILLISECONDS)) {
            stop();
            if (!process.waitFor(END_MILLIS, TimeUnit.MILLISECONDS)) {
                process.destroyForcibly().waitFor();
            }
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        lines.end();
        pump.interrupt();
    }

    private void pump() {
        byte[] chunk = new byte[CHUNK];
        try (InputStream out = output()) {
            for (int read = out.read(chunk); read >= 0; read = out.read(chunk)) {
                if (!lines.append(chunk, read)) {
                    log.warn("source {} has stopped, and what its command still prints is lost", source);
                    return;
                }
            }
        } catch (IOException e) {
            log.warn("source {}: the output of its command broke off: {}", source, e.toString());
        } catch (InterruptedException e) {
            log.debug("source {} reads no more of its command", source, e);
        } finally {
            lines.end();
        }
    }

    private InputStream output() {
        InputStream out = process.getInputStream();
        return CommandLines.isAsciiBased(settings.charset())
                ? out
                : new Utf8Stream(new InputStreamReader(out, settings.charset()));
    }

    private void logErrors() {
        try (BufferedReader errors = process.errorReader(settings.charset())) {
            StringBuilder line = new StringBuilder();
            for (int c = errors.read(); c >= 0; c = errors.read()) {
                if (c != '\n' && line.length() < MAX_ERROR_CHARS) {
                    line.append((char) c);
                } else {
                    log.info("source {}: its command says: {}", source, line);
                    line.setLength(0);
                }
            }
            if (!line.isEmpty()) {
                log.info("source {}: its command says: {}", source, line);
            }
        } catch (IOException e) {
            log.debug("source {}: the standard error of its command broke off", source, e);
        }
    }

    /** Characters as UTF-8, for charsets in whose bytes line ends cannot be found. */
    private static final class Utf8Stream extends InputStream {
        private final Reader in;
        private final char[] chars = new char[CHUNK / 4];
        private byte[] bytes = new byte[0];
        private int position;

        Utf8Stream(Reader in) {
            this.in = in;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            if (position == bytes.length && !fill()) {
                return -1;
            }
            int count = Math.min(length, bytes.length - position);
            System.arraycopy(bytes, position, target, offset, count);
            position += count;
            return count;
        }

        @Override
        public void close() throws IOException {
            in.close();
        }

        private boolean fill() throws IOException {
            int count = in.read(chars, 0, chars.length - 1);
            if (count <= 0) {
                return false;
            }
            if (Character.isHighSurrogate(chars[count - 1])) { // its other half is the next to come
                int low = in.read();
                if (low >= 0) {
                    chars[count++] = (char) low;
                }
            }
            bytes = new String(chars, 0, count).getBytes(StandardCharsets.UTF_8);
            position = 0;
            return true;
        }
    }
}
