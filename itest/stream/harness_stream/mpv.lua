-- Says what mpv does, one line each: the time of the clock, what happened, the position in the film.
local function say(what)
    io.stdout:write(string.format("%.3f %s %s\n", mp.get_time(), what, tostring(mp.get_property("time-pos"))))
    io.stdout:flush()
end
local target = tonumber(mp.get_opt("target"))
local through = mp.get_opt("through") -- plays to the end, and says where it is
local sought = false
mp.register_event("start-file", function() say("open") end)
mp.register_event("playback-restart", function()
    say(sought and "sought" or "first")
    if through then
        mp.add_periodic_timer(0.25, function() say("at") end)
    elseif sought or not target then
        mp.add_timeout(1, function() say("quit") mp.command("quit") end)
    else
        mp.add_timeout(1, function()
            sought = true
            say("seek")
            mp.commandv("seek", target, "absolute")
        end)
    end
end)
mp.observe_property("paused-for-cache", "bool", function(_, value) if value then say("pause") end end)
mp.register_event("end-file", function(event) say("end-" .. tostring(event.reason)) end)
