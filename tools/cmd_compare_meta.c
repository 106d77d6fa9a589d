#include "cmd_compare.h"
int cmd_compare_meta(cli_call *call)
{
    return cli_usage(call, "compare meta is not there yet");
}
