/*
 * itk_quiet.hpp - run a piece of ITK without letting it write to the terminal, and turn exceptions into statuses.
 *
 * ITK's readers warn through a global switch and a global window; MetaIO beneath them writes straight to
 * std::cerr. A library must not print, so while a QuietItk lives both are held back; what MetaIO said is kept
 * and goes into the error text. Both are properties of the process: a lock makes callers wait for each other.
 */
#ifndef TRB_ITK_QUIET_HPP
#define TRB_ITK_QUIET_HPP

#include "trabecula/status.h"

#include <mutex>
#include <sstream>
#include <string>

namespace trabecula
{

class QuietItk
{
public:
    QuietItk();
    ~QuietItk();
    QuietItk(const QuietItk &) = delete;
    QuietItk &operator=(const QuietItk &) = delete;
    /* First line of what was written to std::cerr meanwhile; empty when nothing was. */
    std::string heard() const;

private:
    std::unique_lock<std::mutex> m_Lock;
    std::ostringstream m_Words;
    std::streambuf *m_Before;
    bool m_WarningsBefore;
};

/* Call inside catch (...): stores what was thrown. `where` names the file or the rule. */
trb_status error_from_exception(const char *where, trb_status status, const std::string &heard, trb_error *err);

} // namespace trabecula

#endif
