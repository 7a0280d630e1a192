package org.bittern.api.engine;

import java.util.List;

/**
 * Settings of the ways in. The engine keeps them with its own and tells of changes; the bundles
 * that serve HTTP obey them at once. Names are Transmission's where it has one.
 */
public final class RpcSettings {

    /** Off: nothing listens for calls. */
    public static final Setting<Boolean> ENABLED = Setting.flag("rpc-enabled", true);

    /** TCP port, 0 = any free one. */
    public static final Setting<Integer> PORT = Setting.integer("rpc-port", 9091, 0, 65_535);

    /** TCP port of its own for streams, 0 = they share {@link #PORT}. */
    public static final Setting<Integer> STREAM_PORT = Setting.integer("stream-port", 0, 0, 65_535);

    /** Addresses to listen on, separated by commas. */
    public static final Setting<String> BIND_ADDRESS =
            Setting.text("rpc-bind-address", "127.0.0.1");

    /** Ask for {@link #USERNAME} and {@link #PASSWORD}. */
    public static final Setting<Boolean> AUTHENTICATION_REQUIRED =
            Setting.flag("rpc-authentication-required", false);

    /** Of clients, when {@link #AUTHENTICATION_REQUIRED}. */
    public static final Setting<String> USERNAME = Setting.text("rpc-username", "");

    /** In clear, or what Transmission makes of it. Not for logs and answers. */
    public static final Setting<String> PASSWORD = Setting.secret("rpc-password");

    /** Only addresses of {@link #WHITELIST} may call. */
    public static final Setting<Boolean> WHITELIST_ENABLED =
            Setting.flag("rpc-whitelist-enabled", true);

    /** Addresses with '*' as wildcard, separated by commas. */
    public static final Setting<String> WHITELIST = Setting.text("rpc-whitelist", "127.0.0.1,::1");

    /** Only local host names and those of {@link #HOST_WHITELIST} are answered. */
    public static final Setting<Boolean> HOST_WHITELIST_ENABLED =
            Setting.flag("rpc-host-whitelist-enabled", true);

    /** Host names with '*' as wildcard, separated by commas. */
    public static final Setting<String> HOST_WHITELIST = Setting.text("rpc-host-whitelist", "");

    /** Shut addresses out after too many wrong passwords. */
    public static final Setting<Boolean> ANTI_BRUTE_FORCE_ENABLED =
            Setting.flag("anti-brute-force-enabled", false);

    /** How many wrong passwords are too many. */
    public static final Setting<Integer> ANTI_BRUTE_FORCE_THRESHOLD =
            Setting.integer("anti-brute-force-threshold", 100, 1, 1_000_000);

    /** Revision of Transmission's protocol that is advertised: 17 or 19. */
    public static final Setting<Integer> VERSION = Setting.integer("rpc-version", 17, 17, 19);

    /** Only the token opens anything but pages. */
    public static final Setting<Boolean> STRICT = Setting.flag("rpc-strict", false);

    /** Origins of pages that may call from elsewhere. */
    public static final Setting<List<String>> TRUSTED_ORIGINS =
            Setting.texts("rpc-trusted-origins", List.of());

    /** PKCS12 or JKS file: HTTPS instead of HTTP. */
    public static final Setting<String> KEY_STORE = Setting.text("rpc-key-store", "");

    /** Not for logs and answers. */
    public static final Setting<String> KEY_STORE_PASSWORD =
            Setting.secret("rpc-key-store-password");

    /** Folder of a web interface for Transmission, served below {@code /transmission/web/}. */
    public static final Setting<String> WEB_HOME = Setting.text("rpc-web-home", "");

    /** Directories that {@code fs-*} show, with all below them; empty: all that can be read. */
    public static final Setting<List<String>> BROWSE_ROOTS =
            Setting.texts("rpc-browse-roots", List.of());

    /**
     * Who is asked whether the peer port can be reached from outside; the port follows, the answer
     * is 1 or 0. Empty: nobody.
     */
    public static final Setting<String> PORT_TEST_URL =
            Setting.text("port-test-url", "https://portcheck.transmissionbt.com/");

    /** Every setting, in order of declaration. */
    public static final List<Setting<?>> ALL =
            List.of(
                    ENABLED,
                    PORT,
                    STREAM_PORT,
                    BIND_ADDRESS,
                    AUTHENTICATION_REQUIRED,
                    USERNAME,
                    PASSWORD,
                    WHITELIST_ENABLED,
                    WHITELIST,
                    HOST_WHITELIST_ENABLED,
                    HOST_WHITELIST,
                    ANTI_BRUTE_FORCE_ENABLED,
                    ANTI_BRUTE_FORCE_THRESHOLD,
                    VERSION,
                    STRICT,
                    TRUSTED_ORIGINS,
                    KEY_STORE,
                    KEY_STORE_PASSWORD,
                    WEB_HOME,
                    BROWSE_ROOTS,
                    PORT_TEST_URL);

    private RpcSettings() {}
}
