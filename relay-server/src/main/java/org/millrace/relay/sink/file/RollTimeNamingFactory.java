package org.millrace.relay.sink.file;

import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import org.millrace.api.ComponentFactory;
import org.millrace.api.Settings;
import org.millrace.api.part.FileNaming;
import org.millrace.api.part.PartContext;

/** Names by the time at which each file begins, to the second, and a number that starts again with each. */
public final class RollTimeNamingFactory implements ComponentFactory.OfFileNaming {
    private static final DateTimeFormatter SECONDS = DateTimeFormatter.ofPattern("yyyyMMddHHmmss", Locale.ROOT);

    @Override
    public List<String> typeNames() {
        return List.of("ROLLTIME", "org.apache.flume.formatter.output.RollTimePathManager$Builder");
    }

    @Override
    public String summary() {
        return "Names files by the time at which each is begun, and a number";
    }

    @Override
    public FileNaming create(PartContext context, Settings settings) {
        ZoneId zone = ZoneId.systemDefault();
        return FileNames.read(settings, now -> SECONDS.format(now.atZone(zone)));
    }
}
