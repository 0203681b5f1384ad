-- A bank for sysbench: every transaction moves money between two accounts and writes down that it did. Ends when the file that ends it is there.
local ffi = require("ffi")
local accounts = 20000

sysbench.cmdline.options = { stop_file = { "The load ends when this file is there", "" } }

function prepare()
   local connection = sysbench.sql.driver():connect()
   connection:query("CREATE TABLE accounts (id INT PRIMARY KEY, balance BIGINT NOT NULL, filler CHAR(200) NOT NULL) ENGINE=InnoDB")
   connection:query("CREATE TABLE history (id BIGINT AUTO_INCREMENT PRIMARY KEY, delta INT NOT NULL) ENGINE=InnoDB")
   connection:bulk_insert_init("INSERT INTO accounts VALUES")
   for id = 1, accounts do
      connection:bulk_insert_next("(" .. id .. ", 0, REPEAT('x', 200))")
   end
   connection:bulk_insert_done()
end

function thread_init()
   connection = sysbench.sql.driver():connect()
end

function event()
   local from, to, delta = sysbench.rand.uniform(1, accounts), sysbench.rand.uniform(1, accounts), sysbench.rand.uniform(1, 1000)
   -- In the order of their numbers, so that no two transactions wait for each other.
   local first, second = math.min(from, to), math.max(from, to)
   connection:query("BEGIN")
   local before = tonumber(connection:query_row("SELECT balance FROM accounts WHERE id = " .. first .. " FOR UPDATE"))
   connection:query("UPDATE accounts SET balance = balance - " .. delta .. " WHERE id = " .. first)
   local after = tonumber(connection:query_row("SELECT balance FROM accounts WHERE id = " .. first))
   if after ~= before - delta then
      print("WRONG: " .. before .. " less " .. delta .. " was read as " .. after)
   end
   connection:query("UPDATE accounts SET balance = balance + " .. delta .. " WHERE id = " .. second)
   connection:query("INSERT INTO history (delta) VALUES (" .. delta .. ")")
   connection:query("COMMIT")
end

-- In place of sysbench's own loop, which ends by the clock alone.
function thread_run(thread)
   while true do
      local stop = io.open(sysbench.opt.stop_file)
      if stop then
         stop:close()
         return
      end
      ffi.C.sb_event_start(thread)
      local done, reason
      repeat
         done, reason = pcall(event)
         if not done then
            -- Two that met in the same row: one of them begins anew. Anything else ends the load.
            if type(reason) ~= "table" or reason.errcode ~= sysbench.error.RESTART_EVENT then
               error(reason)
            end
            connection:query("ROLLBACK")
         end
      until done
      ffi.C.sb_event_stop(thread)
   end
end

function thread_done()
   connection:disconnect()
end
