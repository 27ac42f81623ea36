package org.millrace.durable.tool;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.millrace.api.Settings;
import org.millrace.api.StartException;
import org.millrace.durable.crypto.Encryption;
import org.millrace.durable.log.SegmentCiphers;
import org.millrace.durable.storage.DiskStorage;
import org.millrace.durable.storage.Storage;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Which channel, and with which keys: what all commands are told. */
final class ChannelArguments {
    private static final String DATA_DIRS = "dataDirs";

    private final Surroundings.Configurations configurations;

    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec command;

    @Parameters(
            paramLabel = "DIR",
            arity = "0..*",
            description = "The channel's dataDirs; all of them, if it has several.")
    private List<Path> directories = new ArrayList<>();

    @Option(
            names = "--conf-file",
            paramLabel = "FILE",
            description = "Instead of DIR: the agent's configuration, which names the directories and the keys.")
    private List<Path> files = new ArrayList<>();

    @Option(names = "--name", paramLabel = "AGENT", description = "With --conf-file: the agent's name.")
    private @Nullable String agent;

    @Option(names = "--channel", paramLabel = "NAME", description = "With --conf-file: the channel's name.")
    private @Nullable String channel;

    @Option(
            names = "--key-store",
            paramLabel = "FILE",
            description = "Of an encrypted channel: its key store, JCEKS or PKCS12.")
    private @Nullable Path keyStore;

    @Option(
            names = "--key-store-password-file",
            paramLabel = "FILE",
            description = "The file with the key store's password.")
    private @Nullable Path keyStorePasswordFile;

    @Option(
            names = "--key-password-file",
            paramLabel = "KEY=FILE",
            description = "The file with the password of a key that has one of its own.")
    private Map<String, Path> keyPasswordFiles = new LinkedHashMap<>();

    ChannelArguments(Surroundings.Configurations configurations) {
        this.configurations = configurations;
    }

    /** The channel as it is now. */
    ChannelFiles look() throws IOException, StartException {
        Channel found = channel();
        return ChannelFiles.look(found.directories(), found.ciphers());
    }

    /**
     * Where a channel is.
     *
     * @param ciphers null without keys
     * @param isToReadOnly whether nothing says which key is to encrypt what is written
     */
    record Channel(List<Storage> directories, @Nullable SegmentCiphers ciphers, boolean isToReadOnly) {}

    /** Finds the directories and reads the keys. */
    Channel channel() throws IOException, StartException {
        Map<String, String> settings = settings();
        List<Path> paths = directories;
        if (settings != null && paths.isEmpty()) {
            paths = dataDirs(settings);
        }
        if (paths.isEmpty()) {
            throw mistake("Missing: DIR, or --conf-file, --name and --channel");
        }
        List<Storage> storages = new ArrayList<>();
        for (Path path : distinct(paths)) {
            storages.add(DiskStorage.in(path));
        }
        return new Channel(storages, ciphers(settings), keyStore != null);
    }

    private @Nullable Map<String, String> settings() {
        if (files.isEmpty() && agent == null && channel == null) {
            return null;
        }
        if (files.isEmpty() || agent == null || channel == null) {
            throw mistake("--conf-file, --name and --channel go together");
        }
        try {
            return configurations.channel(files, agent, channel);
        } catch (IllegalArgumentException e) {
            throw mistake(String.valueOf(e.getMessage()));
        }
    }

    private List<Path> dataDirs(Map<String, String> settings) {
        String value = settings.get(DATA_DIRS);
        if (value == null) {
            throw mistake("channel " + channel + " has no " + DATA_DIRS + " (expected: DIR on the command line)");
        }
        return Stream.of(value.split(","))
                .map(String::trim)
                .filter(directory -> !directory.isEmpty())
                .map(Path::of)
                .toList();
    }

    /** Each once, however often and in whichever way it is named. */
    private Set<Path> distinct(List<Path> paths) throws IOException {
        Set<Path> seen = new LinkedHashSet<>();
        Set<Path> distinct = new LinkedHashSet<>();
        for (Path path : paths) {
            if (!Files.isDirectory(path)) {
                throw mistake(path + ": there is no such directory");
            }
            if (seen.add(path.toRealPath())) {
                distinct.add(path);
            }
        }
        return distinct;
    }

    private @Nullable SegmentCiphers ciphers(@Nullable Map<String, String> settings) throws StartException {
        if (keyStore != null) {
            if (keyStorePasswordFile == null) {
                throw mistake("--key-store needs --key-store-password-file");
            }
            return Encryption.openToRead(keyStore, keyStorePasswordFile, keyPasswordFiles);
        }
        if (keyStorePasswordFile != null || !keyPasswordFiles.isEmpty()) {
            throw mistake("--key-store is missing");
        }
        Encryption encryption = settings == null ? null : Encryption.read(new Settings(settings, new FirstMistake()));
        return encryption == null ? null : encryption.open();
    }

    /** The configuration's own mistakes are told by {@code validate}; here the first one will do. */
    private final class FirstMistake implements Settings.Problems {
        @Override
        public void problem(String key, String message) {
            throw mistake("channel " + channel + ": " + key + ": " + message);
        }

        @Override
        public void note(String key, String message) {
            // for who starts the agent
        }
    }

    /** A mistake on the command line. */
    ParameterException mistake(String message) {
        if (command == null) {
            throw new IllegalStateException("not part of a command");
        }
        return new ParameterException(command.commandLine(), message);
    }
}
