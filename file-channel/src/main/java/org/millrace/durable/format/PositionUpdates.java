package org.millrace.durable.format;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The body of a POSITIONS record, encoded like a {@link LogState}: u32 updates, of each: the reader's name, u32 ranges of two u64, u32
 * owners of a name and a state.
 */
public final class PositionUpdates {
    private PositionUpdates() {}

    public static byte[] encode(List<PositionUpdate> updates) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeInt(updates.size());
            for (PositionUpdate update : updates) {
                out.writeUTF(update.reader());
                out.writeInt(update.committed().size());
                for (EventRange range : update.committed()) {
                    out.writeLong(range.from());
                    out.writeLong(range.to());
                }
                writeStates(out, update.states());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e); // never: it goes to memory
        }
        return bytes.toByteArray();
    }

    /** @throws IllegalArgumentException if it is not what {@link #encode} gave */
    public static List<PositionUpdate> decode(byte[] body) {
        List<PositionUpdate> updates = new ArrayList<>();
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(body))) {
            for (int left = in.readInt(); left > 0; left--) {
                String reader = in.readUTF();
                List<EventRange> committed = new ArrayList<>();
                for (int ranges = in.readInt(); ranges > 0; ranges--) {
                    committed.add(new EventRange(in.readLong(), in.readLong()));
                }
                updates.add(new PositionUpdate(reader, committed, readStates(in)));
            }
        } catch (IOException e) {
            throw new IllegalArgumentException("not positions of a log: " + e.getMessage(), e);
        }
        return updates;
    }

    static void writeStates(DataOutputStream out, Map<String, byte[]> states) throws IOException {
        out.writeInt(states.size());
        for (Map.Entry<String, byte[]> state : states.entrySet()) {
            out.writeUTF(state.getKey());
            out.writeInt(state.getValue().length);
            out.write(state.getValue());
        }
    }

    static Map<String, byte[]> readStates(DataInputStream in) throws IOException {
        Map<String, byte[]> states = new TreeMap<>();
        for (int left = in.readInt(); left > 0; left--) {
            String owner = in.readUTF();
            int length = in.readInt();
            byte[] state = in.readNBytes(length);
            if (state.length < length) {
                throw new IOException("cut off");
            }
            states.put(owner, state);
        }
        return states;
    }
}
