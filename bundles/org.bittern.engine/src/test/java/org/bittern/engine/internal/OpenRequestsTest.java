package org.bittern.engine.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class OpenRequestsTest {
    private record Request(int piece, int block) {}

    @RepeatedTest(20)
    void behavesLikeAList() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        OpenRequests open = new OpenRequests();
        List<Request> model = new ArrayList<>();
        for (int step = 0; step < 2000; step++) {
            Request request = new Request(random.nextInt(40), random.nextInt(8));
            if (random.nextInt(20) == 0) {
                open.clear();
                model.clear();
            } else if (random.nextInt(5) < 2) {
                assertThat(open.remove(request.piece, request.block))
                        .as("seed %d step %d", seed, step)
                        .isEqualTo(model.remove(request));
            } else if (!model.contains(request)) {
                open.add(request.piece, request.block);
                model.add(request);
            }
            List<Request> actual = new ArrayList<>();
            for (int i = 0; i < open.size(); i++) {
                actual.add(new Request(open.piece(i), open.block(i)));
            }
            assertThat(actual).as("seed %d step %d", seed, step).isEqualTo(model);
        }
    }
}
