package org.bittern.engine.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Random;
import org.bittern.api.engine.Priority;
import org.bittern.metainfo.MetainfoException;
import org.bittern.metainfo.TorrentVersion;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is wanted when it is said by files and by pieces: the last call wins. */
@Timeout(30)
class ContentTest {
    private static final int PIECE = 16_384;
    private static final List<Priority> FIRST_PIECE =
            List.of(Priority.NORMAL, Priority.SKIP, Priority.SKIP, Priority.SKIP);

    private Content content = content();

    private static Content content() {
        try {
            Payload payload =
                    new Payload("two", PIECE, TorrentVersion.V1, 1)
                            .with(PIECE, "a")
                            .with(3 * PIECE, "b");
            return new Content(payload.metainfo(), new Random(1));
        } catch (MetainfoException e) {
            throw new AssertionError(e);
        }
    }

    @BeforeEach
    void overrideByPieces() {
        content = content();
        content.override(FIRST_PIECE);
    }

    @Test
    void piecesOverrideTheFiles() {
        assertThat(content.piecePriorities()).isEqualTo(FIRST_PIECE);
        assertThat(content.wantedBytes()).isEqualTo(PIECE);
        content.verified(0);
        assertThat(content.finished()).isTrue();
    }

    @Test
    void filesEndTheOverride() {
        content.prioritize(Map.of(0, Priority.SKIP));
        assertThat(content.piecePriorities()).isEmpty();
        assertThat(content.wantedBytes()).isEqualTo(3 * PIECE);
        content.verified(0);
        assertThat(content.finished()).isFalse();
        assertThat(content.wantedVerifiedBytes()).isZero();
    }

    @Test
    void noPiecesEndTheOverride() {
        content.prioritize(Map.of(1, Priority.SKIP));
        content.override(FIRST_PIECE.reversed());
        assertThat(content.wantedBytes()).isEqualTo(PIECE);
        content.override(List.of());
        content.verified(0);
        assertThat(content.finished()).isTrue();
    }
}
