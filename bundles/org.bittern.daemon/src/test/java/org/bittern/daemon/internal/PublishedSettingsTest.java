package org.bittern.daemon.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Collections;
import java.util.Dictionary;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkUtil;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;

@Timeout(20)
class PublishedSettingsTest {
    private static final String PID = DoorSettings.DOOR;

    /** What ConfigAdmin has, by PID. */
    private final Map<String, Map<String, Object>> there = new HashMap<>();

    private final PublishedSettings settings = new PublishedSettings(admin());

    @Test
    void whatWasTypedStaysBesideTheSettingsAndWinsOverThem() throws IOException {
        there.put(PID, Map.of("head.timeout.seconds", 2, "strict", true));
        settings.put(PID, Map.of("port", 9091, "strict", false));
        assertThat(there.get(PID))
                .containsEntry("port", 9091)
                .containsEntry("head.timeout.seconds", 2)
                .containsEntry("strict", true);
    }

    @Test
    void settingsThatChangeAreNotTakenForTyped() throws IOException {
        there.put(PID, Map.of("strict", true));
        settings.put(PID, Map.of("port", 1, "username", "a"));
        settings.put(PID, Map.of("port", 2));
        assertThat(there.get(PID))
                .containsEntry("port", 2)
                .containsEntry("strict", true)
                .doesNotContainKey("username");
    }

    @Test
    void whatIsChangedLaterWinsOverWhatWasTyped() throws IOException {
        there.put(PID, Map.of("roots", "/typed", "strict", true));
        settings.retract(PID);
        assertThat(there.get(PID)).containsEntry("roots", "/typed");
        settings.put(PID, Map.of("roots", new String[] {"/a"}));
        settings.put(PID, Map.of("roots", new String[] {"/a"}));
        assertThat(there.get(PID))
                .containsEntry("roots", new String[] {"/a"})
                .containsEntry("strict", true);
        new PublishedSettings(admin()).put(PID, Map.of("roots", "/b"));
        assertThat(there.get(PID)).containsEntry("roots", "/b").containsEntry("strict", true);
    }

    @Test
    void theNextGenerationKnowsWhatWasTyped() throws IOException {
        there.put(PID, Map.of("head.timeout.seconds", 2));
        settings.put(PID, Map.of("port", 1, "username", "a"));
        new PublishedSettings(admin()).put(PID, Map.of("port", 2));
        assertThat(there.get(PID))
                .containsEntry("port", 2)
                .containsEntry("head.timeout.seconds", 2)
                .doesNotContainKey("username");
    }

    @Test
    void theNextGenerationNoticesWhatWasChangedBeforeItCame() throws IOException {
        there.put(PID, Map.of("strict", true, "whitelist", "typed", "roots", "typed"));
        Map<String, Object> said =
                Map.of("strict", false, "whitelist", "a", "roots", new String[] {"/a"});
        settings.put(PID, said);
        Map<String, Object> changed = new HashMap<>(said);
        changed.put("whitelist", "b");
        changed.put("roots", new String[] {"/a"}); // the same
        new PublishedSettings(admin()).put(PID, changed);
        assertThat(there.get(PID))
                .containsEntry("strict", true)
                .containsEntry("whitelist", "b")
                .containsEntry("roots", "typed");
    }

    @Test
    void nobodyTypesTheDoorOpenBeforeTheEngineIsThere() throws IOException {
        there.put(PID, Map.of(DoorSettings.OPEN, true));
        settings.put(PID, Map.of(DoorSettings.OPEN, false));
        assertThat(there.get(PID)).containsEntry(DoorSettings.OPEN, false);
    }

    @Test
    void whatWasTypedIsThereAgainAfterTheDoorWasRemoved() throws IOException {
        there.put(PID, Map.of("port", 5));
        settings.remove(PID);
        assertThat(there).doesNotContainKey(PID);
        settings.put(PID, Map.of("port", 9091));
        assertThat(there.get(PID)).containsEntry("port", 5);
    }

    @Test
    void withoutSettingsOnlyWhatWasTypedStays() throws IOException {
        there.put("typed", Map.of("mode", "typed"));
        settings.put("typed", Map.of("roots", "/a", "others", 1));
        settings.put("untyped", Map.of("roots", "/a"));
        settings.retract("typed");
        settings.retract("untyped");
        assertThat(there).containsOnlyKeys("typed");
        assertThat(there.get("typed"))
                .containsOnlyKeys("mode", PublishedSettings.TYPED, Constants.SERVICE_PID)
                .containsEntry("mode", "typed");
    }

    private ConfigurationAdmin admin() {
        return fake(
                ConfigurationAdmin.class,
                (proxy, method, arguments) ->
                        fake(
                                Configuration.class,
                                (one, asked, values) ->
                                        configuration((String) arguments[0], asked, values)));
    }

    private @Nullable Object configuration(String pid, Method method, Object[] arguments) {
        switch (method.getName()) {
            case "getProperties" -> {
                Map<String, Object> present = there.get(pid);
                if (present == null) {
                    return null;
                }
                Map<String, Object> told = new HashMap<>(present);
                told.put(Constants.SERVICE_PID, pid);
                return FrameworkUtil.asDictionary(told);
            }
            case "updateIfDifferent" -> {
                @SuppressWarnings("unchecked") // the method's only parameter
                Dictionary<String, Object> properties = (Dictionary<String, Object>) arguments[0];
                Map<String, Object> copy = new HashMap<>(Map.of(Constants.SERVICE_PID, pid));
                Collections.list(properties.keys())
                        .forEach(key -> copy.put(key, properties.get(key)));
                there.put(pid, copy);
                return true;
            }
            case "delete" -> there.remove(pid);
            default -> throw new AssertionError("not expected: " + method);
        }
        return null;
    }

    private static <T> T fake(Class<T> type, InvocationHandler handler) {
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }
}
