package org.bittern.transmission.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.bittern.api.engine.EngineException;
import org.bittern.rpc.RpcException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class RemovalTest {
    private final Rig rig = new Rig();

    @BeforeEach
    void threeTorrents() {
        for (int number = 1; number <= 3; number++) {
            rig.engine.fake(number);
        }
    }

    private void fails(int number, EngineException.Code code, String message) {
        rig.engine.ends.put(
                number, CompletableFuture.failedFuture(new EngineException(code, message)));
    }

    @Test
    void aTorrentWhoseFilesStayKeepsNoOther() {
        fails(1, EngineException.Code.DISK, "the folder is read-only");
        fails(2, EngineException.Code.DISK, "another folder is, too");
        assertThat(rig.refused("torrent-remove", "{'ids':[1,2,3],'delete-local-data':true}"))
                .isEqualTo("the folder is read-only");
        assertThat(rig.engine.removed).containsExactly(1, 2, 3);
    }

    @Test
    void aTorrentThatWasRemovedMeanwhileIsNoFailure() {
        fails(2, EngineException.Code.TORRENT_NOT_FOUND, "no torrent");
        rig.legacy("torrent-remove", "{'ids':[1,2,3]}");
        assertThat(rig.engine.removed).containsExactly(1, 2, 3);
    }

    @Test
    void filesThatTakeLongToDeleteHoldUpNobody() throws RpcException {
        rig.engine.ends.put(1, new CompletableFuture<>());
        new Removal(rig.engine, Duration.ofMillis(1)).perform(rig.engine.torrents(), true);
        assertThat(rig.engine.removed).containsExactly(1, 2, 3);
    }

    @Test
    void anEngineThatDoesNotAnswerIsADefect() {
        rig.engine.silent = true;
        Removal removal = new Removal(rig.engine, Duration.ofMillis(1));
        assertThatThrownBy(() -> removal.perform(rig.engine.torrents(), true))
                .isInstanceOf(IllegalStateException.class);
    }
}
