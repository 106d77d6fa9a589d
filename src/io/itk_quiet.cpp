/* itk_quiet.cpp - see itk_quiet.hpp. */
#include "io/itk_quiet.hpp"

#include <itkMacro.h>
#include <itkObject.h>

#include <iostream>
#include <new>

namespace trabecula
{

static std::mutex &door()
{
    static std::mutex mutex;
    return mutex;
}

QuietItk::QuietItk()
    : m_Lock(door()), m_Before(std::cerr.rdbuf(m_Words.rdbuf())),
      m_WarningsBefore(itk::Object::GetGlobalWarningDisplay())
{
    itk::Object::GlobalWarningDisplayOff();
}

QuietItk::~QuietItk()
{
    itk::Object::SetGlobalWarningDisplay(m_WarningsBefore);
    std::cerr.rdbuf(m_Before);
}

static std::string first_line(const std::string &text)
{
    const size_t from = text.find_first_not_of(" \t\r\n");
    if (from == std::string::npos)
        return {};
    return text.substr(from, text.find_first_of("\r\n", from) - from).substr(0, 200);
}

std::string QuietItk::heard() const
{
    return first_line(m_Words.str());
}

/* ITK starts its texts with the class and address of the object, "ITK ERROR: MetaImageIO(0x55..): ", which
 * help nobody and differ from run to run. */
static std::string without_address(const std::string &text)
{
    const size_t open = text.find("(0x"), close = text.find("): ", open);
    return open == std::string::npos || close == std::string::npos ? text : text.substr(close + 3);
}

trb_status error_from_exception(const char *where, trb_status status, const std::string &heard, trb_error *err)
{
    std::string text;
    try {
        throw;
    } catch (const std::bad_alloc &) {
        return trb_error_set(err, TRB_ERR_MEMORY, "%s: out of memory", where);
    } catch (const itk::ExceptionObject &e) {
        text = first_line(without_address(e.GetDescription()));
    } catch (const std::exception &e) {
        text = first_line(e.what());
    } catch (...) {
        text = "unknown failure";
    }
    if (!heard.empty())
        text += " (" + heard + ")";
    return trb_error_set(err, status, "%s: ITK says: %s", where, text.c_str());
}

} // namespace trabecula
