"""A page with every kind of block, for pictures."""

from __future__ import annotations

PAGE = """# Heading one

## Heading two with `code`

### Heading three

Text with **bold**, *italic*, ~~struck~~, `code`, a [link](https://example.com), $x_1^2$ and a hard\\
break. 中文 and 👩‍💻 and 🇩🇪 stay in step.

- item
  - nested
    - deeper
- [x] done
- [ ] open

3. three
4. four

> quoted *text*
>
> - in a quote

| left | center | right |
|:-----|:------:|------:|
| a | `b` | 1 |
| long cell | *c* | 22 |

```python
def greet(name: str = "you") -> str:  # why
    return f"hello {name}" * 42
```

---

<b>html</b> and ![a cat](http://example.com/cat.png)
"""
