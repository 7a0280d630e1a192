-- Says what mpv does, one line each: the time of the clock, what happened, the position in the film.
local sought = false
local function say(what)
    io.stdout:write(string.format("%.3f %s %s\n", mp.get_time(), what, tostring(mp.get_property("time-pos"))))
    io.stdout:flush()
end
local target = tonumber(mp.get_opt("target"))
local through = mp.get_opt("through") -- plays to the end, and says where it is
local seconds = tonumber(mp.get_opt("seconds")) -- plays so long after the first picture
local drag = mp.get_opt("drag") -- positions, with /: one seek a second, and what counts is the last
local begun = false

local function drag_on()
    local wait = 0
    for position in drag:gmatch("[^/]+") do
        wait = wait + 1
        local last = wait
        mp.add_timeout(wait, function()
            sought = last == select(2, drag:gsub("[^/]+", ""))
            if sought then say("seek") end
            mp.commandv("seek", position, "absolute")
        end)
    end
end
mp.register_event("start-file", function() say("open") end)
mp.register_event("playback-restart", function()
    say(sought and "sought" or "first")
    if drag and not begun then
        begun = true
        drag_on()
    elseif drag then
        if sought then mp.add_timeout(1, function() say("quit") mp.command("quit") end) end
    elseif seconds then
        if not begun then mp.add_timeout(seconds, function() say("quit") mp.command("quit") end) end
        begun = true
    elseif through then
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
mp.observe_property("paused-for-cache", "bool", function(_, value)
    if value ~= nil then say(value and "pause" or "goes-on") end
end)
mp.register_event("end-file", function(event) say("end-" .. tostring(event.reason)) end)
