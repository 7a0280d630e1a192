package org.bittern.remote.internal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.bittern.terminal.CommandFailure;
import org.bittern.terminal.Printable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code settings}: whatever session-get and session-set know. */
@Command(
        name = "settings",
        description = "Shows the daemon's settings, or changes some: `settings peer-port=51413`.")
final class SettingsCommand extends RemoteCommand {
    @Parameters(
            arity = "0..*",
            paramLabel = "KEY[=VALUE]",
            description =
                    "Keys of Transmission's session-get; a value is a number, true, false, JSON or"
                            + " a text.")
    private List<String> words = new ArrayList<>();

    @Option(names = "--json", description = "Show them as one JSON object.")
    private boolean json;

    SettingsCommand(Remote remote) {
        super(remote);
    }

    @Override
    void check() {
        boolean sets = words.stream().anyMatch(word -> word.contains("="));
        if (sets && words.stream().anyMatch(word -> word.indexOf('=') <= 0)) {
            throw new CommandFailure(
                    "KEY=VALUE each, or only keys", null, CommandFailure.EXIT_USAGE);
        }
    }

    @Override
    int run(Rpc rpc) {
        JsonNode all = rpc.call("session-get");
        words.stream()
                .map(word -> word.split("=", 2)[0])
                .filter(key -> !all.has(key))
                .findFirst()
                .ifPresent(key -> {
                    throw new CommandFailure("the daemon has no setting '" + key + "'");
                });
        if (words.stream().anyMatch(word -> word.contains("="))) {
            ObjectNode wanted = Rpc.arguments();
            for (String word : words) {
                String[] parts = word.split("=", 2);
                wanted.set(parts[0], value(parts[1], all.path(parts[0])));
            }
            rpc.call("session-set", wanted);
            return 0;
        }
        Map<String, JsonNode> shown = new TreeMap<>();
        all.properties()
                .forEach(entry -> {
                    if (words.isEmpty() || words.contains(entry.getKey())) {
                        shown.put(entry.getKey(), entry.getValue());
                    }
                });
        if (json) {
            ObjectNode object = Rpc.arguments();
            object.setAll(shown);
            sayJson(object);
        } else {
            Table table = new Table("KEY", "VALUE");
            shown.forEach((key, value) ->
                    table.add(
                            key,
                            Printable.line(value.isTextual() ? value.asText() : value.toString())));
            say(table);
        }
        return 0;
    }

    /** A text where the setting is one or is not set, so that a name may look like a number. */
    private static JsonNode value(String text, JsonNode now) {
        if (now.isTextual() || now.isNull()) {
            return TextNode.valueOf(text);
        }
        try {
            return new ObjectMapper()
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .readTree(text);
        } catch (JsonProcessingException e) {
            return TextNode.valueOf(text);
        }
    }
}
