package org.bittern.demo;

import java.time.Duration;

/**
 * What the exchange of a bundle cost a transfer.
 *
 * @param longestGap longest time in which no block came, from just before the exchange until blocks
 *     flowed again; a limited transfer has gaps of its own
 * @param longestRedial longest time in which fewer peers were linked than before, zero when none
 *     was missed
 * @param droppedPeers peers whose link was lost, whether it came back or not
 * @param fetchedTwiceBytes blocks that came, or must come, once more than needed
 */
public record SwapCost(
        Duration longestGap, Duration longestRedial, int droppedPeers, long fetchedTwiceBytes) {}
