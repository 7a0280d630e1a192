package org.bittern.itest.floorplan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class FloorPlanTest {
    @Test
    void readsFloorsAndTheirResidents() {
        FloorPlan plan =
                FloorPlan.parse(
                        List.of(
                                "# comment",
                                "",
                                "floor low exports sees never a.b c",
                                "floor high closed sees low never d",
                                "bundle x.y high beside x.z only-in one two never e.f"));

        FloorPlan.Floor low = plan.floors().get("low");
        assertThat(low).isNotNull();
        assertThat(low.exports()).isTrue();
        assertThat(low.sees()).isEmpty();
        assertThat(low.never()).containsExactly("a.b", "c");
        FloorPlan.Resident resident = plan.residents().get("x.y");
        assertThat(resident).isNotNull();
        assertThat(resident.floor().sees()).containsExactly("low");
        assertThat(resident.beside()).containsExactly("x.z");
        assertThat(resident.onlyIn()).containsExactly("one", "two");
        assertThat(resident.never()).containsExactly("d", "e.f");
    }

    @Test
    void refusesAFloorThatSeesOneNotYetBuilt() {
        assertThatThrownBy(() -> FloorPlan.parse(List.of("floor a closed sees b")))
                .hasMessageContaining("unknown floor: b");
    }

    @Test
    void refusesABundleOnAnUnknownFloor() {
        assertThatThrownBy(() -> FloorPlan.parse(List.of("bundle x attic")))
                .hasMessageContaining("attic");
    }

    @Test
    void takesPackagesOutOfAHeaderWithVersionRanges() {
        assertThat(BuiltBundle.packagesOf("a.b;version=\"[1.0,2)\",c;d;uses:=\"e,f\""))
                .containsExactly("a.b", "c", "d");
        assertThat(BuiltBundle.packagesOf(null)).isEmpty();
    }

    @Test
    void comparesNamesByWholeElements() {
        assertThat(FloorPlanIT.isBelow("java.lang.Process", "java.lang.Process")).isTrue();
        assertThat(FloorPlanIT.isBelow("java.lang.Process$X", "java.lang.Process")).isTrue();
        assertThat(FloorPlanIT.isBelow("java.lang.ProcessHandle", "java.lang.Process")).isFalse();
    }

    @Test
    void readsFeaturesOfARuntimeAndBundlesOfAFeature() {
        assertThat(Runtimes.featuresOf("{\"features\": [\"core\",\n \"cli\"], \"x\": [\"y\"]}"))
                .containsExactly("core", "cli");
        assertThat(
                        Runtimes.bundlesOf(
                                """
                                {"id": "org.bittern:feature.x:1",
                                 "bundles": ["org.bittern:org.bittern.disk.file:0.1.0", "a:b:1"]}
                                """))
                .containsExactly("org.bittern.disk.file");
    }
}
