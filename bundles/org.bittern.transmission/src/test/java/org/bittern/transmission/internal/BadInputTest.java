package org.bittern.transmission.internal;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whatever the arguments are, there is an answer, and never "internal error". */
@Timeout(60)
class BadInputTest {
    private static final List<String> METHODS =
            List.of(
                    "torrent_start torrent_start_now torrent_stop torrent_verify",
                    "torrent_reannounce torrent_set torrent_get torrent_add torrent_remove",
                    "torrent_set_location torrent_rename_path session_get session_set",
                    "session_stats blocklist_update queue_move_top queue_move_up queue_move_down",
                    "queue_move_bottom free_space group_set group_get group_remove",
                    "label_set label_get label_remove");

    private static final List<String> NAMES =
            List.of(
                    "ids fields format location move path name filename metainfo cookies paused",
                    "download_dir labels peer_limit bandwidth_priority files_wanted files_unwanted",
                    "priority_high priority_low priority_normal sequential_download",
                    "sequential_download_from_piece download_limit download_limited group",
                    "honors_session_limits queue_position seed_idle_limit seed_idle_mode",
                    "seed_ratio_limit seed_ratio_mode tracker_add tracker_list tracker_remove",
                    "tracker_replace upload_limit upload_limited delete_local_data speed_limit_up",
                    "speed_limit_up_enabled encryption peer_port incomplete_dir default_trackers",
                    "preferred_transports alt_speed_time_day cache_size_mib ip_protocol");

    private static final List<String> VALUES =
            List.of(
                    "null",
                    "true",
                    "0",
                    "-1",
                    "1",
                    "1.5",
                    "1e308",
                    "9223372036854775807",
                    "-9223372036854775808",
                    "99999999999999999999999999",
                    "\"\"",
                    "\"x\"",
                    "\"/x\"",
                    "\"\\u0000\"",
                    "\"recently_active\"",
                    "[]",
                    "[[]]",
                    "[null]",
                    "[-1]",
                    "[1,\"x\"]",
                    "[\"id\"]",
                    "[99999999999999999999]",
                    "{}",
                    "{\"a\":{}}",
                    "\"http://\"",
                    "[0,\"http://x/announce\"]");

    private final Rig rig = new Rig();

    @Test
    void everyMethodSurvivesEveryValueInEveryArgument() {
        rig.engine.fake(1);
        for (String method : words(METHODS)) {
            for (String name : words(NAMES)) {
                for (String value : VALUES) {
                    check(method, "{\"" + name + "\":" + value + "}");
                }
            }
        }
    }

    @Test
    void andAnyMixture() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        List<String> methods = words(METHODS);
        List<String> names = words(NAMES);
        for (int i = 0; i < 2000; i++) {
            rig.engine.fake(1);
            StringBuilder arguments = new StringBuilder("{\"ids\":[1]");
            for (int j = random.nextInt(6); j >= 0; j--) {
                arguments
                        .append(",\"")
                        .append(names.get(random.nextInt(names.size())))
                        .append("\":")
                        .append(VALUES.get(random.nextInt(VALUES.size())));
            }
            check(methods.get(random.nextInt(methods.size())), arguments.append("}").toString());
        }
    }

    private void check(String method, String arguments) {
        String call =
                "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\""
                        + method
                        + "\",\"params\":"
                        + arguments
                        + "}";
        JsonNode reply = rig.ask(call);
        assertThat(reply.get("id").asInt()).as(call).isEqualTo(1);
        assertThat(reply.at("/error/code").asInt()).as(call).isNotEqualTo(-32603);
        assertThat(reply.has("result") ^ reply.has("error")).as(call).isTrue();
    }

    private static List<String> words(List<String> lines) {
        return lines.stream().flatMap(line -> List.of(line.split(" ", -1)).stream()).toList();
    }
}
