package org.bittern.stream.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.bittern.api.stream.StreamFile;
import org.junit.jupiter.api.Test;

/** What players are told: order, names, companions, the main file; and subtitles for browsers. */
class PlaylistTest {

    @Test
    void listsFilmsInTheOrderOfPeopleWithTheirSubtitles() {
        List<StreamFile> files =
                files("e10.mkv", "e2.mkv", "Subs/e2.en.srt", "e2.srt", "e20.srt", "read\nme.txt");
        assertThat(Playlist.of(files, file -> "http://h/" + file.id()))
                .isEqualTo(
                        """
                        #EXTM3U
                        #EXTINF:-1,e2.mkv
                        #EXTVLCOPT:sub-file=http://h/e2.srt
                        #EXTVLCOPT:sub-file=http://h/Subs/e2.en.srt
                        http://h/e2.mkv
                        #EXTINF:-1,e10.mkv
                        http://h/e10.mkv
                        """);
    }

    @Test
    void soundThatBelongsToAFilmGoesWithItAndOtherSoundStandsAlone() {
        List<StreamFile> files = files("e2.mkv", "e2.de.mka", "Audio/e2.ac3", "e20.mp3");
        assertThat(Playlist.of(files, file -> "http://h/" + file.id()))
                .isEqualTo(
                        """
                        #EXTM3U
                        #EXTINF:-1,e2.mkv
                        #EXTVLCOPT:input-slave=http://h/Audio/e2.ac3
                        #EXTVLCOPT:input-slave=http://h/e2.de.mka
                        http://h/e2.mkv
                        #EXTINF:-1,e20.mp3
                        http://h/e20.mp3
                        """);
    }

    @Test
    void guessesTheLargestFilmThatIsNoSample() {
        assertThat(
                        Playlist.main(
                                files(
                                        "a.txt",
                                        "small.mp4",
                                        "larger film.mkv",
                                        "SAMPLE/longest.mkv")))
                .map(StreamFile::name)
                .hasValue("larger film.mkv");
        assertThat(Playlist.main(files("a.mp3", "longer.txt")))
                .map(StreamFile::name)
                .hasValue("a.mp3");
        assertThat(Playlist.main(List.of())).isEmpty();
    }

    @Test
    void turnsSubRipIntoWebVtt() {
        String srt =
                "1\r\n00:00:01,5 --> 00:00:02,250\r\n<font color=red>H\u00e9llo</font> <i>x</i> --> y\r\n";
        String vtt = "WEBVTT\n\n1\n00:00:01.500 --> 00:00:02.250\nH\u00e9llo <i>x</i> -> y\n\n";
        assertThat(Subtitles.toVtt(srt.getBytes(StandardCharsets.UTF_8))).isEqualTo(vtt);
        assertThat(Subtitles.toVtt(srt.getBytes(StandardCharsets.ISO_8859_1))).isEqualTo(vtt);
        assertThat(Subtitles.toVtt(("\ufeff" + srt).getBytes(StandardCharsets.UTF_16LE)))
                .isEqualTo(vtt);
    }

    @Test
    void namesInAnyAlphabetFitIntoAHeader() {
        assertThat(Disposition.of(true, "a/\u00fc\"\r\n.mkv"))
                .isEqualTo(
                        "attachment; filename=\"____.mkv\"; filename*=UTF-8''%C3%BC%22%0D%0A.mkv");
    }

    /** Longer names are larger files. */
    private static List<StreamFile> files(String... names) {
        return Stream.of(names)
                .map(name ->
                        new StreamFile(
                                name,
                                "g",
                                "group",
                                Path.of("/f"),
                                name,
                                name.length(),
                                Optional.empty(),
                                "t",
                                Instant.EPOCH))
                .toList();
    }
}
