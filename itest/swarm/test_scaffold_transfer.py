"""The scenarios of other files once more, driven over HTTP. Not each size and layout: the wire does not know the plane."""

import pytest

from harness.scaffold_rpc import ScaffoldEngine
from test_resume import (  # noqa: F401
    test_kill_loses_at_most_what_was_in_flight,
    test_orderly_stop_fetches_no_verified_piece_again,
    test_seed_is_a_seed_at_once_after_a_restart,
    test_shortened_file_is_noticed_after_a_restart,
)
from test_stdio import test_what_only_tests_ask_for, test_what_can_be_told_to_the_session_and_to_a_torrent  # noqa: F401
from test_transfer import (  # noqa: F401
    test_corrupt_piece_of_a_seed_is_detected_and_fetched_elsewhere,
    test_file_selection_leaves_no_trace_of_unwanted_files,
    test_libtorrent_dials_us_and_seeds,
    test_pause_keeps_connections_and_moves_no_block,
    test_rate_limits_hold,
    test_recheck_finds_damage_and_repairs_it,
    test_remove_keeps_or_deletes_data,
    test_seed_that_leaves_is_replaced_by_another,
    test_swarm_of_four_spreads_pieces,
    test_two_engines,
)


@pytest.fixture
def engine_class():
    return ScaffoldEngine
