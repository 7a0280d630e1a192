package org.bittern.api.engine;

import java.util.List;

/**
 * The settings of an engine that say where peers are looked for, and by which ways they are
 * reached. They are part of {@link EngineSettings#ALL}.
 */
public final class NetworkSettings {

    /** What kind of proxy there is; in the order of libtorrent's and TinyTorrent's numbers. */
    public enum ProxyType {
        NONE,
        SOCKS4,
        SOCKS5,
        SOCKS5_PASSWORD,
        HTTP,
        HTTP_PASSWORD
    }

    /** TCP port, and UDP port of uTP and DHT; 0 = any free one. */
    public static final Setting<Integer> PEER_PORT = Setting.integer("peer-port", 51413, 0, 65535);

    /** Each engine listens on another port, in the range of the next two. */
    public static final Setting<Boolean> PEER_PORT_RANDOM_ON_START =
            Setting.flag("peer-port-random-on-start", false);

    /** Lowest port of {@link #PEER_PORT_RANDOM_ON_START}. */
    public static final Setting<Integer> PEER_PORT_RANDOM_LOW =
            Setting.integer("peer-port-random-low", 49_152, 1024, 65_535);

    /** Highest port of {@link #PEER_PORT_RANDOM_ON_START}. */
    public static final Setting<Integer> PEER_PORT_RANDOM_HIGH =
            Setting.integer("peer-port-random-high", 65_535, 1024, 65_535);

    /**
     * The interface to be on and on no other, by its name or one of its addresses: all addresses of
     * it that the next two settings allow. While it is missing nothing goes out. Empty: any.
     */
    public static final Setting<String> BIND_INTERFACE = Setting.text("bind-interface", "");

    /** Addresses to listen on, with commas, the first to dial from, IPv4; empty: none. */
    public static final Setting<String> BIND_ADDRESS_IPV4 =
            Setting.text("bind-address-ipv4", "0.0.0.0");

    /** Addresses to listen on, with commas, the first to dial from, IPv6; empty: none. */
    public static final Setting<String> BIND_ADDRESS_IPV6 = Setting.text("bind-address-ipv6", "::");

    /** Proxy for trackers, web seeds, downloads and, if so set, peers. */
    public static final Setting<ProxyType> PROXY_TYPE =
            Setting.choice("proxy-type", ProxyType.NONE);

    /** Where it is: {@code host:port}, IPv6 in brackets; a scheme before it must fit the type. */
    public static final Setting<String> PROXY_URL = Setting.text("proxy-url", "");

    /** Offers the login below also where the type does not say so. */
    public static final Setting<Boolean> PROXY_AUTH_ENABLED =
            Setting.flag("proxy-auth-enabled", false);

    /** For a proxy that asks for a login: at most 255 bytes in UTF-8. */
    public static final Setting<String> PROXY_USERNAME = Setting.text("proxy-username", "");

    /** Goes with {@link #PROXY_USERNAME}. Not for logs and answers. */
    public static final Setting<String> PROXY_PASSWORD = Setting.secret("proxy-password");

    /** Peers go through the proxy, too, and what it cannot carry does not go at all. */
    public static final Setting<Boolean> PROXY_PEER_CONNECTIONS =
            Setting.flag("proxy-peer-connections", true);

    /** Peers may dial us directly although we dial them through the proxy. */
    public static final Setting<Boolean> PROXY_INCOMING_CONNECTIONS =
            Setting.flag("proxy-incoming-connections", false);

    /** Kademlia DHT (BEP 5). */
    public static final Setting<Boolean> DHT_ENABLED = Setting.flag("dht-enabled", true);

    /** First DHT nodes, {@code host:port}. */
    public static final Setting<List<String>> DHT_BOOTSTRAP =
            Setting.texts(
                    "dht-bootstrap",
                    List.of(
                            "dht.transmissionbt.com:6881",
                            "router.bittorrent.com:6881",
                            "dht.libtorrent.org:25401"));

    /** Local service discovery (BEP 14). */
    public static final Setting<Boolean> LPD_ENABLED = Setting.flag("lpd-enabled", false);

    /** Peer exchange (BEP 11). */
    public static final Setting<Boolean> PEX_ENABLED = Setting.flag("pex-enabled", true);

    /** uTP beside TCP (BEP 29). */
    public static final Setting<Boolean> UTP_ENABLED = Setting.flag("utp-enabled", true);

    /** TCP; off: uTP only. */
    public static final Setting<Boolean> TCP_ENABLED = Setting.flag("tcp-enabled", true);

    /** PCP, NAT-PMP and UPnP. */
    public static final Setting<Boolean> PORT_FORWARDING_ENABLED =
            Setting.flag("port-forwarding-enabled", true);

    /** Block lists; also those that lie in {@code blocklists} of the data directory. */
    public static final Setting<Boolean> BLOCKLIST_ENABLED =
            Setting.flag("blocklist-enabled", false);

    /** Where {@link Blocklist#update} fetches a list, http or https; empty: nowhere. */
    public static final Setting<String> BLOCKLIST_URL = Setting.text("blocklist-url", "");

    static final List<Setting<?>> ALL =
            List.of(
                    PEER_PORT,
                    PEER_PORT_RANDOM_ON_START,
                    PEER_PORT_RANDOM_LOW,
                    PEER_PORT_RANDOM_HIGH,
                    BIND_INTERFACE,
                    BIND_ADDRESS_IPV4,
                    BIND_ADDRESS_IPV6,
                    PROXY_TYPE,
                    PROXY_URL,
                    PROXY_AUTH_ENABLED,
                    PROXY_USERNAME,
                    PROXY_PASSWORD,
                    PROXY_PEER_CONNECTIONS,
                    PROXY_INCOMING_CONNECTIONS,
                    DHT_ENABLED,
                    DHT_BOOTSTRAP,
                    LPD_ENABLED,
                    PEX_ENABLED,
                    UTP_ENABLED,
                    TCP_ENABLED,
                    PORT_FORWARDING_ENABLED,
                    BLOCKLIST_ENABLED,
                    BLOCKLIST_URL);

    private NetworkSettings() {}
}
