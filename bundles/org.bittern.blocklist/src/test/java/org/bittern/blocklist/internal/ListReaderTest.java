package org.bittern.blocklist.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class ListReaderTest {

    private static IpRanges read(InputStream in) throws IOException {
        RangeCollector rules = new RangeCollector();
        ListReader.read(in, rules);
        return rules.ranges();
    }

    private static IpRanges read(byte[] bytes) throws IOException {
        return read(new ByteArrayInputStream(bytes));
    }

    private static IpRanges read(String text) throws IOException {
        return read(text.getBytes(StandardCharsets.UTF_8));
    }

    private static boolean blocks(IpRanges ranges, String address) {
        return ranges.contain(InetAddress.ofLiteral(address));
    }

    @Test
    void readsP2pWithColonsAndDashesInDescriptions() throws Exception {
        IpRanges ranges =
                read(
                        """
                        # a comment
                        Some org:10.1.2.3-10.1.2.9
                        Anti-P2P: Foo, Inc.-Bar:10.2.0.0-10.2.0.255
                        v6 org:2001:db8::5-2001:db8::ff
                        """);
        assertThat(ranges.rules()).isEqualTo(3);
        assertThat(blocks(ranges, "10.1.2.3")).isTrue();
        assertThat(blocks(ranges, "10.1.2.9")).isTrue();
        assertThat(blocks(ranges, "10.1.2.2")).isFalse();
        assertThat(blocks(ranges, "10.1.2.10")).isFalse();
        assertThat(blocks(ranges, "10.2.0.77")).isTrue();
        assertThat(blocks(ranges, "2001:db8::5")).isTrue();
        assertThat(blocks(ranges, "2001:db8::100")).isFalse();
    }

    @Test
    void countsTheLinesThatItLeavesOut() throws Exception {
        String list = "# 10.0.0.1\n10.1.0.0/16\n10.2.0.0/\n\n10.3.0.9-10.3.0.1\n10.4.0.1\n";
        RangeCollector rules = new RangeCollector();
        long unknown =
                ListReader.read(
                        new ByteArrayInputStream(list.getBytes(StandardCharsets.UTF_8)), rules);
        assertThat(unknown).isEqualTo(2);
        assertThat(rules.rules()).isEqualTo(2);
    }

    @Test
    void readsDatAndItsLevels() throws Exception {
        IpRanges ranges =
                read(
                        """
                        000.000.000.000 - 000.255.255.255 , 000 , Bogon
                        010.000.008.001 - 010.000.008.009 , 127 , blocked, barely
                        010.000.009.000 - 010.000.009.255 , 128 , allowed
                        2001:db8:1:: - 2001:db8:1::ffff , 0 , v6
                        """);
        assertThat(ranges.rules()).isEqualTo(3);
        assertThat(blocks(ranges, "0.1.2.3")).isTrue();
        assertThat(blocks(ranges, "10.0.8.9")).isTrue(); // decimal, not octal
        assertThat(blocks(ranges, "8.0.8.9")).isFalse();
        assertThat(blocks(ranges, "10.0.9.5")).isFalse();
        assertThat(blocks(ranges, "2001:db8:1::17")).isTrue();
    }

    @Test
    void readsCidrSingleAddressesAndPlainRanges() throws Exception {
        IpRanges ranges =
                read(
                        """
                        192.0.2.77/24 ; SBL123
                        198.51.100.7
                        203.0.113.1-203.0.113.3
                        2001:db8:ffff::/48
                        ::1
                        0.0.0.0/32
                        """);
        assertThat(ranges.rules()).isEqualTo(6);
        assertThat(blocks(ranges, "192.0.2.0")).isTrue();
        assertThat(blocks(ranges, "192.0.2.255")).isTrue();
        assertThat(blocks(ranges, "192.0.3.0")).isFalse();
        assertThat(blocks(ranges, "198.51.100.7")).isTrue();
        assertThat(blocks(ranges, "198.51.100.8")).isFalse();
        assertThat(blocks(ranges, "203.0.113.2")).isTrue();
        assertThat(blocks(ranges, "2001:db8:ffff:1::")).isTrue();
        assertThat(blocks(ranges, "2001:db8:fffe::")).isFalse();
        assertThat(blocks(ranges, "::1")).isTrue();
        assertThat(blocks(ranges, "0.0.0.1")).isFalse();
    }

    @Test
    void wholeFamiliesHaveNoEdge() throws Exception {
        IpRanges ranges = read("0.0.0.0/0\n::/0\n255.255.255.255\n");
        assertThat(blocks(ranges, "0.0.0.0")).isTrue();
        assertThat(blocks(ranges, "127.255.255.255")).isTrue();
        assertThat(blocks(ranges, "128.0.0.0")).isTrue();
        assertThat(blocks(ranges, "255.255.255.255")).isTrue();
        assertThat(blocks(ranges, "::")).isTrue();
        assertThat(blocks(ranges, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")).isTrue();
        assertThat(ranges.size()).isEqualTo(2);
    }

    @Test
    void mergesWhatOverlapsOrTouches() throws Exception {
        IpRanges ranges =
                read(
                        """
                        a:10.0.0.5-10.0.0.9
                        b:10.0.0.0-10.0.0.4
                        c:10.0.0.7-10.0.0.30
                        d:10.0.0.8-10.0.0.9
                        e:10.0.0.32-10.0.0.33
                        f:2001:db8::10-2001:db8::1f
                        g:2001:db8::-2001:db8::f
                        h:2001:db8::40-2001:db8::41
                        """);
        assertThat(ranges.size()).isEqualTo(4);
        assertThat(ranges.rules()).isEqualTo(8);
        assertThat(blocks(ranges, "10.0.0.31")).isFalse();
        assertThat(blocks(ranges, "2001:db8::1f")).isTrue();
        assertThat(blocks(ranges, "2001:db8::20")).isFalse();
    }

    @Test
    void leavesOutWhatIsNoRule() throws Exception {
        IpRanges ranges =
                read(
                        """
                        nonsense
                        1.2.3.4-1.2.3
                        1.2.3.9-1.2.3.4
                        256.1.1.1
                        1.2.3.4/33
                        ok:1.1.1.1-1.1.1.2
                        fe80::1%lo
                        1.2.3.4 - 1.2.3.9 , x , bad level
                        """);
        assertThat(ranges.rules()).isEqualTo(1);
        assertThat(blocks(ranges, "1.1.1.2")).isTrue();
    }

    @Test
    void refusesWhatIsNoListAtAll() {
        assertThatThrownBy(() -> read("<html><body>Not found</body></html>"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no rule");
    }

    @Test
    void skipsALineThatNeverEnds() throws Exception {
        String line = "x".repeat(ListReader.MAX_LINE_BYTES + 10) + ":1.2.3.4-1.2.3.5";
        IpRanges ranges = read(line + "\nok:1.1.1.1-1.1.1.2");
        assertThat(ranges.rules()).isEqualTo(1);
        assertThat(blocks(ranges, "1.2.3.4")).isFalse();
    }

    @Test
    void readsP2bOfEachVersion() throws Exception {
        for (int version = 1; version <= 3; version++) {
            IpRanges ranges = read(p2b(version));
            assertThat(ranges.rules()).as("version %d", version).isEqualTo(2);
            assertThat(blocks(ranges, "10.0.0.200")).isTrue();
            assertThat(blocks(ranges, "200.0.0.1")).isTrue();
            assertThat(blocks(ranges, "200.0.0.2")).isFalse();
        }
    }

    @Test
    void refusesDamagedP2b() throws Exception {
        byte[] whole = p2b(3);
        for (int length = 9; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> read(cut)).isInstanceOf(IOException.class);
        }
        byte[] future = p2b(3);
        future[7] = 4;
        assertThatThrownBy(() -> read(future)).hasMessageContaining("version 4");
        byte[] label = p2b(3);
        label[label.length - 9] = 9;
        assertThatThrownBy(() -> read(label)).hasMessageContaining("label 9 of 2");
    }

    private static byte[] p2b(int version) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeInt(-1);
        out.writeBytes("P2B");
        out.write(version);
        String[] labels = {"one", "two: caf\u00e9"};
        int[][] rules = {{0x0a000001, 0x0a0000ff}, {0xc8000000, 0xc8000001}};
        if (version == 3) {
            out.writeInt(labels.length);
            for (String label : labels) {
                out.write((label + '\0').getBytes(StandardCharsets.UTF_8));
            }
            out.writeInt(rules.length);
        }
        for (int i = 0; i < rules.length; i++) {
            if (version == 3) {
                out.writeInt(i);
            } else {
                out.write((labels[i] + '\0').getBytes(StandardCharsets.ISO_8859_1));
            }
            out.writeInt(rules[i][0]);
            out.writeInt(rules[i][1]);
        }
        return bytes.toByteArray();
    }

    @Test
    void readsGzipAroundEachForm() throws Exception {
        assertThat(read(zipped(p2b(2))).rules()).isEqualTo(2);
        byte[] text = "a:1.1.1.1-1.1.1.2\n".getBytes(StandardCharsets.UTF_8);
        assertThat(read(zipped(text)).rules()).isEqualTo(1);
        byte[] whole = zipped(text);
        byte[] cut = Arrays.copyOf(whole, whole.length - 9);
        assertThatThrownBy(() -> read(cut)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> read(zipped(whole)))
                .as("gzip in gzip is a trick")
                .hasMessageContaining("no rule");
    }

    private static byte[] zipped(byte[] plain) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream zip = new GZIPOutputStream(bytes)) {
            zip.write(plain);
        }
        return bytes.toByteArray();
    }

    @Test
    void stopsABombOfComments() throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        byte[] block = "#".repeat(1 << 16).getBytes(StandardCharsets.UTF_8);
        try (GZIPOutputStream zip = new GZIPOutputStream(bytes)) {
            for (long i = 0; i <= ListReader.MAX_UNPACKED_BYTES; i += block.length) {
                zip.write(block);
            }
        }
        assertThat(bytes.size()).isLessThan(1 << 20);
        assertThatThrownBy(() -> read(bytes.toByteArray())).hasMessageContaining("when unpacked");
    }

    @Test
    void stopsAtTooManyRules() {
        String many = "1.1.1.1\n".repeat(RangeCollector.MAX_RULES + 1);
        assertThatThrownBy(() -> read(many))
                .hasMessageContaining("more than " + RangeCollector.MAX_RULES + " rules");
    }
}
