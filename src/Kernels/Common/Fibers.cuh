// Fibers: threads of a block as fibers.
#pragma once
