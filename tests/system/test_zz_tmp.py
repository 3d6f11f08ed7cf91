from tests.system.conftest import *
def test_x(desk):
    number = desk.reminded_number()
    c = desk.document(number).customer
    print(number, c.name, c.email, c.serial, getattr(c,'parent',None) and c.parent.name)
    r = desk.relance("explain", c.name)
    print(r)
    print(desk.relance("explain", number).out)
    assert 0
