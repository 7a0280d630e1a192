package org.bittern.webseed.internal;

import static org.assertj.core.api.Assertions.assertThat;

import org.bittern.metainfo.Metainfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class SeedUrlsTest {
    private static String url(String base, Metainfo metainfo, int file) {
        return new SeedUrls(base, metainfo).of(metainfo.files().get(file));
    }

    @Test
    void anUrlOfAFileIsTakenAsItIs() throws Exception {
        Metainfo single = Torrents.single("a b.bin", 100);
        assertThat(url("http://h/x.bin?y", single, 0)).isEqualTo("http://h/x.bin?y");
        assertThat(url("http://h/dir/", single, 0)).isEqualTo("http://h/dir/a%20b.bin");
    }

    @Test
    void filesLieBelowTheUrlOfADirectory() throws Exception {
        Metainfo tree = Torrents.tree();
        assertThat(url("http://h/dir", tree, 0)).isEqualTo("http://h/dir/tree/a%23%2B.bin");
        assertThat(url("http://h/dir/", tree, 2)).isEqualTo("http://h/dir/tree/d/%C3%BC.bin");
    }
}
