package org.bittern.gotorrent.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.bittern.testkit.Fakes.fake;

import java.util.Dictionary;
import java.util.List;
import java.util.Objects;
import org.bittern.api.host.EngineHost;
import org.bittern.web.WebEndpoint;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.servlet.whiteboard.HttpWhiteboardConstants;

/** Where the interface is. */
@Timeout(30)
class GoTorrentTest {
    private @Nullable Dictionary<?, ?> registered; // properties of the servlet; null: none
    private boolean gone;

    @Test
    void aBasePathStandsBeforeEveryPath() {
        GoTorrent component = made("/a/b-1");
        assertThat(patterns())
                .contains("/a/b-1/alldata", "/a/b-1/AddMagnet", "/a/b-1/events")
                .allMatch(pattern -> pattern.startsWith("/a/b-1/"));
        assertThat(Objects.requireNonNull(registered).get(WebEndpoint.POLICY)).isEqualTo("REST");
        component.close();
        assertThat(gone).isTrue();
    }

    @Test
    void withoutOnePathsAreThoseOfTheOriginal() {
        made("");
        assertThat(patterns()).contains("/alldata", "/torrentdata", "/addmagnet", "/events");
    }

    @Test
    void whatIsNoBasePathIsRefused() {
        for (String wrong : List.of("/", "a", "/a/", "/a//b", "/a b", "/*", "/a?b")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> made(wrong))
                    .withMessageContaining("\"" + wrong + "\"");
        }
        assertThat(registered).isNull();
    }

    private List<String> patterns() {
        Object patterns =
                Objects.requireNonNull(registered)
                        .get(HttpWhiteboardConstants.HTTP_WHITEBOARD_SERVLET_PATTERN);
        return List.of((String[]) Objects.requireNonNull(patterns));
    }

    private GoTorrent made(String basePath) {
        return new GoTorrent(
                fake(BundleContext.class, this::context),
                fake(GoTorrentConfig.class, name -> basePath),
                fake(EngineHost.class, name -> name));
    }

    private Object context(String method, Object[] arguments) {
        assertThat(method).isEqualTo("registerService");
        registered = (Dictionary<?, ?>) arguments[2];
        return fake(
                ServiceRegistration.class,
                name -> {
                    assertThat(name).isEqualTo("unregister");
                    gone = true;
                    return null;
                });
    }
}
