// pugixml: a tree of a whole document, built in place.
#include <pugixml.hpp>

#include "scope.h"

namespace {

bool is_text(pugi::xml_node node)
{
    return node.type() == pugi::node_pcdata || node.type() == pugi::node_cdata;
}

template <task TASK> class Walk {
public:
    collector c{};
    scope s{};

    // Visits `top` and all it holds, without recursion.
    void visit(pugi::xml_node top)
    {
        pugi::xml_node node = top;
        while (node) {
            if (is_text(node)) {
                text(node);
            } else if (node.type() == pugi::node_element) {
                open(node);
                if (node.first_child()) {
                    node = node.first_child();
                    continue;
                }
                close();
            }
            while (node && node != top && !node.next_sibling()) {
                node = node.parent();
                close();
            }
            node = node == top ? pugi::xml_node() : node.next_sibling();
        }
    }

    // Visits a stream as the task wants: to route stanzas, nothing of their trees is looked at but heads and bodies.
    void stream(pugi::xml_node top)
    {
        if (TASK != TASK_ROUTE) {
            visit(top);
            return;
        }
        open(top);
        for (pugi::xml_node child = top.first_child(); child; child = child.next_sibling())
            if (child.type() == pugi::node_element)
                stanza(child);
        close();
    }

private:
    void stanza(pugi::xml_node top)
    {
        open(top);
        for (pugi::xml_node child = top.first_child(); child; child = child.next_sibling()) {
            if (child.type() != pugi::node_element)
                continue;
            open(child);
            if (c.is_body)
                for (pugi::xml_node node = child.first_child(); node; node = node.next_sibling())
                    if (is_text(node))
                        text(node);
            close();
        }
        close();
    }

    void open(pugi::xml_node node)
    {
        if (TASK == TASK_DOM)
            for (pugi::xml_attribute at = node.first_attribute(); at; at = at.next_attribute())
                if (is_declaration_z(at.name()))
                    scope_declare_attribute(&s, c.depth + 1, at.name(), strlen(at.name()), at.value(), strlen(at.value()));
        collect_open_qname(&c, &s, TASK, node.name(), strlen(node.name()));
        if (!collect_wants_attributes(&c, TASK))
            return;
        for (pugi::xml_attribute at = node.first_attribute(); at; at = at.next_attribute())
            if (!is_declaration_z(at.name()))
                collect_attribute_qname(&c, &s, TASK, at.name(), strlen(at.name()), at.value(), strlen(at.value()));
    }

    void close()
    {
        if (TASK == TASK_DOM)
            scope_leave(&s, c.depth);
        collect_close(&c, TASK);
    }

    void text(pugi::xml_node node)
    {
        size_t len = strlen(node.value());
        // A run that is whole needs no copy.
        if (TASK == TASK_DOM && c.depth >= DEPTH_STANZA && c.run_len == 0 && !is_text(node.next_sibling()))
            collect_run(&c, node.value(), len);
        else
            collect_piece(&c, TASK, node.value(), len);
    }
};

template <task TASK> int run(char *bytes, size_t len, uint64_t answer[5])
{
    pugi::xml_document document;
    pugi::xml_parse_result result =
        document.load_buffer_inplace(bytes, len, pugi::parse_default | pugi::parse_ws_pcdata, pugi::encoding_utf8);
    Walk<TASK> walk;
    if (result)
        walk.stream(document.document_element());
    bool lacks_memory = walk.c.out_of_memory || walk.s.out_of_memory;
    collect_answer(&walk.c, TASK, answer);
    scope_free(&walk.s);
    return lacks_memory ? -1 : static_cast<int>(result.status);
}

} // namespace

extern "C" int peer_pugixml_version()
{
    return PUGIXML_VERSION;
}

extern "C" void peer_pugixml_begin()
{
    pugi::set_memory_management_functions(counted_malloc, counted_free);
}

// Overwrites `bytes`.
extern "C" int peer_pugixml(int task, char *bytes, size_t len, uint64_t answer[5])
{
    switch (task) {
    case TASK_EVENTS:
        return run<TASK_EVENTS>(bytes, len, answer);
    case TASK_ROUTE:
        return run<TASK_ROUTE>(bytes, len, answer);
    default:
        return run<TASK_DOM>(bytes, len, answer);
    }
}
