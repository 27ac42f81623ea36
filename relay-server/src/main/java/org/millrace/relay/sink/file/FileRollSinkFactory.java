package org.millrace.relay.sink.file;

import java.util.List;
import org.millrace.api.ComponentFactory;
import org.millrace.api.Settings;
import org.millrace.api.Sink;
import org.millrace.api.SinkContext;
import org.millrace.api.deadletter.DeadLetters;
import org.millrace.api.disk.LocalDisk;

/** Makes sinks of rolling files; {@code FileRollSettings} reads their keys. */
public final class FileRollSinkFactory implements ComponentFactory.OfSink {
    @Override
    public List<String> typeNames() {
        return List.of("file_roll", "org.apache.flume.sink.RollingFileSink");
    }

    @Override
    public String summary() {
        return "Writes events into files of a local directory, and begins a new one every so often";
    }

    @Override
    public Sink create(SinkContext context, Settings settings) {
        FileRollSettings fileRoll = FileRollSettings.read(context, settings);
        noteTrouble(settings, fileRoll);
        return new FileRollSink(context, fileRoll, DeadLetters.read(context, settings), new LocalDisk());
    }

    /** No mistake: this may be another machine, or the directory be made before the start. */
    private static void noteTrouble(Settings settings, FileRollSettings fileRoll) {
        String trouble = settings.has(FileRollSettings.DIRECTORY) ? fileRoll.trouble() : null;
        if (trouble != null) {
            settings.note(FileRollSettings.DIRECTORY, trouble + "; as long as that is so, the sink does not start");
        }
    }
}
