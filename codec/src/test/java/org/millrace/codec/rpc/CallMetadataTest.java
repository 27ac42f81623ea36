package org.millrace.codec.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.millrace.codec.MalformedException;
import org.millrace.codec.Origin;
import org.millrace.codec.WireReader;

class CallMetadataTest {
    private static final String ID = "00112233445566778899aabbccddeeff";

    @Test
    void anOriginIsReadAsItWasWritten() {
        Origin origin = new Origin(UUID.fromString("00112233-4455-6677-8899-aabbccddeeff"), 0x0102030405060708L);
        ByteBuf out = Unpooled.buffer();
        CallMetadata.write(out, origin);
        byte[] written = ByteBufUtil.getBytes(out);
        assertThat(HexFormat.of().formatHex(written))
                .isEqualTo("04" + entry("relay.id", ID) + entry("relay.seq", "0102030405060708") + "00");
        assertThat(read(written).origin()).isEqualTo(origin);
    }

    @Test
    void withoutAnOriginTheMapIsEmptyAsFlumeSendsIt() {
        ByteBuf out = Unpooled.buffer();
        CallMetadata.write(out, null);
        assertThat(ByteBufUtil.getBytes(out)).containsExactly(0);
        assertThat(CallMetadata.EMPTY.origin()).isNull();
    }

    @ParameterizedTest
    @CsvSource({"relay.id, " + ID, "relay.seq, 0000000000000001", "other, 00"})
    void whatOthersSendIsNoOrigin(String key, String value) {
        assertThat(read(hex("02" + entry(key, value) + "00")).origin()).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "0011, 0000000000000001, 'relay.id: 2 bytes (expected: 16)'",
        ID + ", 01, 'relay.seq: 1 bytes (expected: 8)'",
        ID + ", ffffffffffffffff, 'sequence: -1 (expected: 0 to'",
        "00000000000000000000000000000000, 0000000000000001, 'sender: all zeros (expected: an id)'"
    })
    void anOriginThatCannotBeIsRefused(String id, String sequence, String message) {
        byte[] map = hex("04" + entry("relay.id", id) + entry("relay.seq", sequence) + "00");
        assertThatThrownBy(() -> read(map))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining(message);
    }

    private static CallMetadata read(byte[] map) {
        return CallMetadata.read(new WireReader(map, 0, map.length), map, 1024);
    }

    private static String entry(String key, String hexValue) {
        byte[] utf8 = key.getBytes(StandardCharsets.UTF_8);
        return "%02x%s%02x%s".formatted(utf8.length * 2, HexFormat.of().formatHex(utf8), hexValue.length(), hexValue);
    }

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text);
    }
}
