/**
 * What holds for every fuzz target: they take any bytes, and what they throw is a finding. A target
 * lies in the package of what it feeds, which is hardly ever public.
 */
package org.bittern.fuzz;
