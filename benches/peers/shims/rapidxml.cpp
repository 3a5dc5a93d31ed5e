// RapidXML: trees built in place, of the whole stream or of one stanza after the other.
#include <rapidxml/rapidxml.hpp>

#include "scope.h"

namespace {

using Document = rapidxml::xml_document<char>;
using Node = rapidxml::xml_node<char>;
using Attribute = rapidxml::xml_attribute<char>;

// Checks end tags, which it does not by itself; does not store text twice.
constexpr int FLAGS = rapidxml::parse_validate_closing_tags | rapidxml::parse_no_element_values;

bool is_text(const Node *node)
{
    return node->type() == rapidxml::node_data || node->type() == rapidxml::node_cdata;
}

template <task TASK> class Walk {
public:
    collector c{};
    scope s{};

    // Visits `top` and all it holds, without recursion.
    void visit(const Node *top)
    {
        const Node *node = top;
        while (node) {
            if (is_text(node)) {
                text(node);
            } else if (node->type() == rapidxml::node_element) {
                open(node);
                if (node->first_node()) {
                    node = node->first_node();
                    continue;
                }
                close();
            }
            while (node != top && !node->next_sibling()) {
                node = node->parent();
                close();
            }
            node = node == top ? nullptr : node->next_sibling();
        }
    }

    // Visits stanzas as the task wants: to route them, nothing of their trees is looked at but heads and bodies.
    void stanza(const Node *top)
    {
        if (TASK != TASK_ROUTE) {
            visit(top);
            return;
        }
        open(top);
        for (const Node *child = top->first_node(); child; child = child->next_sibling()) {
            if (child->type() != rapidxml::node_element)
                continue;
            open(child);
            if (c.is_body)
                for (const Node *node = child->first_node(); node; node = node->next_sibling())
                    if (is_text(node))
                        text(node);
            close();
        }
        close();
    }

    // The same of a whole stream.
    void stream(const Node *top)
    {
        if (TASK != TASK_ROUTE) {
            visit(top);
            return;
        }
        open(top);
        for (const Node *child = top->first_node(); child; child = child->next_sibling())
            if (child->type() == rapidxml::node_element)
                stanza(child);
        close();
    }

private:
    void open(const Node *node)
    {
        if (TASK == TASK_DOM)
            for (const Attribute *at = node->first_attribute(); at; at = at->next_attribute())
                if (is_declaration(at->name(), at->name_size()))
                    scope_declare_attribute(&s, c.depth + 1, at->name(), at->name_size(), at->value(), at->value_size());
        collect_open_qname(&c, &s, TASK, node->name(), node->name_size());
        if (!collect_wants_attributes(&c, TASK))
            return;
        for (const Attribute *at = node->first_attribute(); at; at = at->next_attribute())
            if (!is_declaration(at->name(), at->name_size()))
                collect_attribute_qname(&c, &s, TASK, at->name(), at->name_size(), at->value(), at->value_size());
    }

    void close()
    {
        if (TASK == TASK_DOM)
            scope_leave(&s, c.depth);
        collect_close(&c, TASK);
    }

    void text(const Node *node)
    {
        const Node *next = node->next_sibling();
        // A run that is whole needs no copy.
        if (TASK == TASK_DOM && c.depth >= DEPTH_STANZA && c.run_len == 0 && !(next && is_text(next)))
            collect_run(&c, node->value(), node->value_size());
        else
            collect_piece(&c, TASK, node->value(), node->value_size());
    }
};

template <task TASK> int finish(Walk<TASK> &walk, int error, uint64_t answer[5])
{
    if (walk.c.out_of_memory || walk.s.out_of_memory)
        error = -1;
    collect_answer(&walk.c, TASK, answer);
    scope_free(&walk.s);
    return error;
}

template <task TASK> int whole(char *bytes, uint64_t answer[5])
{
    Walk<TASK> walk;
    int error = 0;
    try {
        Document document;
        document.set_allocator(counted_malloc, counted_free);
        document.parse<FLAGS>(bytes);
        walk.stream(document.first_node());
    } catch (const std::exception &) {
        error = 1;
    }
    return finish(walk, error, answer);
}

template <task TASK>
int stanzas(char *bytes, const size_t *ends, size_t count, const char *const *header, size_t declarations, uint64_t answer[5])
{
    Walk<TASK> walk;
    int error = 0;
    walk.c.depth = DEPTH_STREAM;
    for (size_t at = 0; at < declarations; at++) {
        const char *prefix = header[2 * at], *name = header[2 * at + 1];
        scope_declare(&walk.s, DEPTH_STREAM, prefix, strlen(prefix), name, strlen(name));
    }
    try {
        Document document;
        document.set_allocator(counted_malloc, counted_free);
        for (size_t stanza = 0; stanza < count; stanza++) {
            // It wants a zero behind: the octet there belongs to what follows.
            char *begin = bytes + ends[2 * stanza], *end = bytes + ends[2 * stanza + 1];
            char next = *end;
            *end = 0;
            document.parse<FLAGS>(begin);
            *end = next;
            walk.stanza(document.first_node());
            document.clear();
        }
    } catch (const std::exception &) {
        error = 1;
    }
    return finish(walk, error, answer);
}

} // namespace

// Overwrites `bytes`, which end with a zero.
extern "C" int peer_rapidxml(int task, char *bytes, uint64_t answer[5])
{
    switch (task) {
    case TASK_EVENTS:
        return whole<TASK_EVENTS>(bytes, answer);
    case TASK_ROUTE:
        return whole<TASK_ROUTE>(bytes, answer);
    default:
        return whole<TASK_DOM>(bytes, answer);
    }
}

// The same stanza by stanza: `ends` holds begin and end of each, `header` the stream's bindings as prefix and name.
extern "C" int peer_rapidxml_stanzas(int task, char *bytes, const size_t *ends, size_t count, const char *const *header,
                                     size_t declarations, uint64_t answer[5])
{
    switch (task) {
    case TASK_EVENTS:
        return stanzas<TASK_EVENTS>(bytes, ends, count, header, declarations, answer);
    case TASK_ROUTE:
        return stanzas<TASK_ROUTE>(bytes, ends, count, header, declarations, answer);
    default:
        return stanzas<TASK_DOM>(bytes, ends, count, header, declarations, answer);
    }
}
